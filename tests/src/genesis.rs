//! Chains of a test's own, made from one that ships with the node.

use crate::{binary, process::output};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, ed25519, sr25519, Pair};
use sp_runtime::AccountId32;
use std::{path::Path, process::Command};

/// What a worker of [`Genesis::providers`] has beside its bond and more, wei.
const ENDOWMENT: u128 = 1_000_000_000_000_000_000_000_000;

/// A chain specification with its genesis as readable JSON.
pub struct Genesis(Value);

impl Genesis {
    /// That of a chain that ships with the node.
    pub fn of(chain: &str) -> Result<Self> {
        let json = output(Command::new(binary("hanzo-node")?).args(["export-chain-spec", "--chain", chain]))?;
        Ok(Self(serde_json::from_str(&json)?))
    }

    /// As a network that anybody may join: on a private one nodes believe what others say about addresses like those of this
    /// machine.
    pub fn published(mut self) -> Self {
        self.0["chainType"] = "Live".into();
        self
    }

    /// Under another clock; see the runtime's clock record.
    pub fn clock(mut self, slot_ms: u32, epoch_slots: u32, divisor: u32) -> Result<Self> {
        *self.at("/timeScale")? = json!({ "slotMs": slot_ms, "epochSlots": epoch_slots, "divisor": divisor });
        Ok(self)
    }

    /// With these well-known accounts, such as `Alice`, as its validators.
    pub fn validators(mut self, names: &[&str]) -> Result<Self> {
        let session = |name: &&str| {
            let author = sr25519::Pair::from_string(&format!("//{name}"), None)?.public();
            let voter = ed25519::Pair::from_string(&format!("//{name}"), None)?.public();
            let keys = json!({ "babe": author.to_ss58check(), "grandpa": voter.to_ss58check() });
            anyhow::Ok(json!([author.to_ss58check(), author.to_ss58check(), keys]))
        };
        *self.at("/session/keys")? = names.iter().map(session).collect::<Result<_>>()?;
        Ok(self)
    }

    /// With every attested job audited.
    pub fn audited(mut self) -> Result<Self> {
        *self.at("/poai/parameters/auditRatePpb")? = json!(1_000_000_000u32);
        Ok(self)
    }

    /// With as many tiers beside tier 0, each with pools as tier 0 has them, and as many workers more that take jobs, each in one of them
    /// by turns and with units of its own. The first of a tier has minted what its pools hold.
    pub fn providers(mut self, tiers: u8, workers: u32) -> Result<Self> {
        let of = |list: &Value, what: &str| list.as_array().cloned().with_context(|| format!("{what} are a list"));
        let first = of(self.at("/compute/workers")?, "workers")?.first().cloned().context("a worker is there")?;
        let (pools, assets) = (of(self.at("/hmm/pools")?, "pools")?, of(self.at("/assets/assets")?, "assets")?);
        let wei = |value: &Value| -> Result<u128> { Ok(serde_json::from_value(value.clone())?) };
        for number in 0..workers {
            let pair =
                |purpose| anyhow::Ok(sr25519::Pair::from_string(&format!("//{purpose}//{number}"), None)?.public());
            let (account, session) = (pair("Provider")?, pair("Session")?);
            let tier = 1 + number % u32::from(tiers.max(1));
            let mut worker = first.clone();
            (worker["account"], worker["sessionKey"]) = (account.to_ss58check().into(), session.to_ss58check().into());
            worker["offer"]["tiers"] = json!([tier]);
            for units in worker["offer"]["units"].as_array_mut().context("units are a list")? {
                *units = serde_json::to_value(wei(units)? * u128::from(100 + number) / 100)?;
            }
            if number < u32::from(tiers) {
                for owed in worker["tokens"].as_array_mut().context("tokens are a list")? {
                    owed["pool"]["tier"] = tier.into();
                }
                for pool in &pools {
                    let mut pool = pool.clone();
                    (pool["id"]["tier"], pool["provider"]) = (tier.into(), account.to_ss58check().into());
                    self.push("/hmm/pools", pool)?;
                }
                for asset in &assets {
                    let mut asset = asset.clone();
                    asset[0] = (asset[0].as_u64().context("an asset has a number")? + 8 * u64::from(tier)).into();
                    self.push("/assets/assets", asset)?;
                }
                self.push("/compute/tiers", json!([tier, { "regions": 0, "tee": false }]))?;
            } else {
                worker["tokens"] = json!([]);
            }
            self.push("/compute/workers", worker)?;
            self = self.endowed(&AccountId32::from(account), ENDOWMENT)?;
        }
        Ok(self)
    }

    fn push(&mut self, place: &str, value: Value) -> Result<()> {
        self.at(place)?.as_array_mut().with_context(|| format!("{place} is a list"))?.push(value);
        Ok(())
    }

    /// With `amount` wei more in an account.
    pub fn endowed(mut self, account: &AccountId32, amount: u128) -> Result<Self> {
        let balances = self.at("/balances/balances")?.as_array_mut().context("balances are a list")?;
        let address = account.to_ss58check();
        match balances.iter_mut().find(|entry| entry[0] == address.as_str()) {
            Some(entry) => {
                let before: u128 = serde_json::from_value(entry[1].clone())?;
                entry[1] = serde_json::to_value(before + amount)?;
            }
            None => balances.push(Value::Array(vec![address.into(), serde_json::to_value(amount)?])),
        }
        Ok(self)
    }

    /// Writes it where `--chain` finds it.
    pub fn write(&self, path: &Path) -> Result<()> {
        Ok(std::fs::write(path, self.0.to_string())?)
    }

    fn at(&mut self, place: &str) -> Result<&mut Value> {
        let place = format!("/genesis/runtimeGenesis/config{place}");
        self.0.pointer_mut(&place).with_context(|| format!("the specification has no {place}"))
    }
}
