//! Chains of a test's own, made from one that ships with the node.

use crate::{binary, process::output};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use sp_core::{crypto::Ss58Codec, ed25519, sr25519, Pair};
use sp_runtime::AccountId32;
use std::{path::Path, process::Command};

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
