//! The vector checker accepts true vectors and notices one wei in the trader's favour.

#[path = "../examples/checker/mod.rs"]
mod checker;

use serde_json::{json, Value};

/// Vectors of all kinds the checker knows, in the published form.
fn document() -> Value {
    json!({
        "swaps": [{
            "id": 5, "kind": "buy_exact_in",
            "inputs": { "w": "1", "lambda": "0.05", "psi": "1000", "theta": "1000", "d_theta_in": "100" },
            "inputs_int": {
                "eps_ppb": 50_000_000, "psi_wei": "1000000000000000000000", "theta_wei": "1000000000000000000000",
                "amount_wei": "100000000000000000000"
            },
            "exact": {
                "d_psi_out": "91.704559264999735845475576516906067109219224341290",
                "psi_after": "908.29544073500026415452442348309393289078077565871",
                "theta_after": "1100.0000000000000000000000000000000000000000000000",
                "kappa": "1050000.0000000000000000000000000000000000000000000",
                "price_before": "1.0000000000000000000000000000000000000000000000000",
                "price_after": "1.1890586455623537412615336279308335012544712793731",
                "avg_price": "1.0904583240079572509300362095839214710900422987092",
                "price_impact_avg_over_before_minus_1": "0.090458324007957250930036209583921471090042298709233",
                "d_theta_in_max_drains_psi": "5480.7406984078602309659674360879966577052043070583",
                "price_lower_bound": "0.05", "price_upper_bound": "20"
            },
            "expected_int": { "d_psi_out_wei": "91704559264999735845" }
        }, {
            "id": 17, "kind": "buy_exact_out",
            "inputs": { "w": "2", "lambda": "0.5", "psi": "750", "theta": "1200", "d_psi_out": "749.999999999999999999" },
            "inputs_int": {
                "eps_ppb": 250_000_000, "psi_wei": "750000000000000000000", "theta_wei": "1200000000000000000000",
                "amount_wei": "749999999999999999999"
            },
            "exact": {
                "d_theta_in": "1833.5622624235026569229481338860048869158250386043",
                "psi_after": "0.000000000000000001",
                "theta_after": "3033.5622624235026569229481338860048869158250386043",
                "kappa": "2300625.0000000000000000000000000000000000000000000",
                "price_before": "1.3214285714285714285714285714285714285714285714286",
                "price_after": "3.9999999999999999999950553182356585123766471913058",
                "avg_price": "2.4447496832313368759005238447589816317223007499321",
                "price_impact_avg_over_before_minus_1": "0.85008084136425493311390993657436447806011948643512",
                "d_theta_in_max_drains_psi": "1833.5622624235026569269481338860048869158225662634",
                "price_lower_bound": "0.25", "price_upper_bound": "4"
            },
            "expected_int": { "d_theta_in_wei": "1833562262423502656923" }
        }],
        "rejections": [
            { "id": "R1", "inputs": { "w": "1", "lambda": "1" } },
            { "id": "R3", "inputs": { "w": "1", "lambda": "0.05", "psi": "0", "theta": "1000" } },
            { "id": "R7", "inputs": { "w": "1", "lambda": "0", "psi": "1000", "theta": "1000", "d_psi_out": "1000" } }
        ],
        "multi_asset": { "assets": [{
            "asset": "vram", "w": "2", "lambda": "0.05", "psi": "5000", "theta": "800", "d_theta_in": "512",
            "d_psi_out": "1819.6994618246783581176963144599568488032165399236",
            "kappa_i": "8641000.0000000000000000000000000000000000000000000"
        }] },
        "routing": {
            "pools": [
                { "w": "1", "lambda": "0.05", "psi": "1000", "theta": "900" },
                { "w": "1", "lambda": "0", "psi": "400", "theta": "500" },
                { "w": "2", "lambda": "0.5", "psi": "700", "theta": "650" }
            ],
            "cases": [{
                "requirement": "900.0", "caps": ["200", "400", "700"],
                "shadow_price": "3.0271708810788093697993811061135864015494612434848",
                "d_psi": [
                    "200.00000000000000000000000000000000000000000000000",
                    "142.96247590277347825228193304669545332029566059789",
                    "557.03752409722652174771806695330454667970433940211"
                ],
                "d_theta": [
                    "222.20780156577821691745671301299093778200914338215",
                    "278.09650829171690478450101763319290439280670735318",
                    "982.48084351914704639513347744318669839634285316452"
                ],
                "total_d_theta": "1482.7851533766421680970912080893705405711587038999"
            }]
        },
        "impermanent_loss_balanced_start": [
            { "eps": "0.05", "price_ratio": "2", "il": "-0.063414188418306034139340003017920120501553704433282" }
        ],
        "liquidity": [
            { "case": "seed formula sqrt(dPsi*dTheta)", "psi_in": "1000", "theta_in": "4000", "shares": "2000" },
            { "case": "later deposit, proportional", "psi": "110", "theta": "110", "total_shares": "100",
              "psi_in": "110", "theta_in": "110", "shares": "100" }
        ]
    })
}

/// Names of the cases that fail.
fn failures(document: &Value) -> Vec<String> {
    checker::check(document).iter().filter(|line| !line.passed()).map(ToString::to_string).collect()
}

/// The document with one text replaced.
fn altered(pointer: &str, text: &str) -> Value {
    let mut document = document();
    *document.pointer_mut(pointer).unwrap() = Value::from(text);
    document
}

#[test]
fn checker_should_pass_when_vectors_are_true() {
    assert_eq!(failures(&document()), Vec::<String>::new());
}

#[test]
fn checker_should_fail_when_a_vector_gives_the_trader_one_wei() {
    for (pointer, text) in [
        ("/swaps/0/expected_int/d_psi_out_wei", "91704559264999735846"),
        ("/swaps/0/exact/d_psi_out", "91.704559264999735846475576516906067109219224341290"),
        ("/swaps/1/expected_int/d_theta_in_wei", "1833562262423502656922"),
        ("/multi_asset/assets/0/d_psi_out", "1819.6994618246783581186963144599568488032165399236"),
        ("/liquidity/1/shares", "100.000000000000000001"),
        ("/liquidity/0/shares", "2000.000000000000000001"),
    ] {
        let failed = failures(&altered(pointer, text));
        assert_eq!(failed.len(), 1, "{pointer}: {failed:?}");
    }
}

#[test]
fn checker_should_fail_when_a_vector_is_wrong_elsewhere() {
    for (pointer, text) in [
        ("/swaps/0/exact/price_after", "1.18905864556236"),
        ("/swaps/0/exact/kappa", "1050000.0000000000000000000000000000000001"),
        ("/swaps/0/exact/d_theta_in_max_drains_psi", "5480.740698407860230967"),
        ("/rejections/2/inputs/d_psi_out", "999"),
        ("/routing/cases/0/shadow_price", "3.02717088108"),
        ("/routing/cases/0/d_psi/1", "142.962475902773478"),
        ("/routing/cases/0/total_d_theta", "1482.785153376642168"),
        ("/routing/cases/0/caps/0", "201"),
        ("/impermanent_loss_balanced_start/0/il", "-0.063414188418308"),
    ] {
        assert_eq!(failures(&altered(pointer, text)).len(), 1, "{pointer}");
    }
}

#[test]
fn checker_should_fail_when_a_section_is_missing() {
    for section in ["liquidity", "routing"] {
        let mut document = document();
        document.as_object_mut().unwrap().remove(section);
        assert_eq!(failures(&document).len(), 1, "{section}");
    }
}
