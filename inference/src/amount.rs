//! Amounts as people write and read them.

/// An amount in wei: `17` is 17 wei; `1.5AI` and, for compute, `1.5u` are units of 10¹⁸.
pub fn parse_amount(text: &str) -> Result<u128, String> {
    let units = text.strip_suffix("AI").or_else(|| text.strip_suffix('u'));
    match units {
        Some(units) => parse_units(units.trim_end()),
        None => text.parse().map_err(|_| format!("'{text}' is not a whole number of wei; for units write {text}AI")),
    }
}

/// A decimal number of units of 10¹⁸, in wei.
pub fn parse_units(text: &str) -> Result<u128, String> {
    let wrong = || format!("'{text}' is not a number with at most 18 decimals below 2^128 wei");
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if part.len() > 18 || !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) {
        return Err(wrong());
    }
    format!("{whole}{part:0<18}").parse().map_err(|_| wrong())
}

/// Wei as units of 10¹⁸ with as many decimals as it takes.
pub fn units(wei: u128) -> String {
    let unit = 10u128.pow(18);
    let text = format!("{}.{:018}", wei / unit, wei % unit);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_should_be_wei_unless_it_has_a_unit() {
        assert_eq!(parse_amount("17"), Ok(17));
        assert_eq!(parse_amount("1.5AI"), Ok(1_500_000_000_000_000_000));
        assert_eq!(parse_amount("0.000000000000000001 AI"), Ok(1));
        assert_eq!(parse_units("340282366920938463463.374607431768211455"), Ok(u128::MAX));
        assert!(parse_units("340282366920938463463.374607431768211456").is_err());
        for text in ["1.5", "", "AI", "-1AI", "1.0000000000000000001AI", "1e3", "+5AI"] {
            assert!(parse_amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn units_should_show_every_digit_and_no_more() {
        assert_eq!(units(0), "0");
        assert_eq!(units(1), "0.000000000000000001");
        assert_eq!(units(12_500_000_000_000_000_000), "12.5");
        assert_eq!(units(100 * 10u128.pow(18)), "100");
        for wei in [0, 1, 999, 10u128.pow(18), u128::MAX] {
            assert_eq!(parse_units(&units(wei)), Ok(wei));
        }
    }
}
