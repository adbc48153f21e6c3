//! Whether every wei is accounted for: what all accounts have, as the state tells and as the events do.

use crate::chain::Chain;
use anyhow::{bail, ensure, Context, Result};
use std::collections::BTreeMap;
use subxt::{
    config::SubstrateConfig,
    dynamic,
    events::Events,
    ext::scale_decode::{DecodeAsFields, DecodeAsType},
    utils::AccountId32,
};

/// What an account has, wei.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Holding {
    /// At its disposal.
    pub free: u128,
    /// Held, bonds among it.
    pub reserved: u128,
}

/// What is read of an account's record.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Record {
    data: Holding,
}

/// What all have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Those who have anything.
    accounts: BTreeMap<[u8; 32], Holding>,
    /// What there is in all, as the chain says.
    issuance: u128,
}

/// The events of consecutive blocks.
pub struct History(Vec<Events<SubstrateConfig>>);

/// What happened to one account.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Own {
    who: AccountId32,
    amount: u128,
}

/// `Balances::Transfer`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Transfer {
    from: AccountId32,
    to: AccountId32,
    amount: u128,
}

/// `Balances::TransferOnHold`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct TransferOnHold {
    source: AccountId32,
    dest: AccountId32,
    amount: u128,
}

/// `Balances::TransferAndHold`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct TransferAndHold {
    source: AccountId32,
    dest: AccountId32,
    transferred: u128,
}

/// `Balances::DustLost`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct DustLost {
    account: AccountId32,
    amount: u128,
}

/// What happened to the issuance.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Issuance {
    amount: u128,
}

/// One of the numbers of a ledger.
enum Place {
    Free(AccountId32),
    Reserved(AccountId32),
    Issuance,
}

use Place::{Free, Reserved};

impl Chain {
    /// What all have at a block.
    pub async fn ledger(&self, block: u64) -> Result<Ledger> {
        let at = self.client().at_block(block).await?;
        let issuance = dynamic::storage::<(), u128>("Balances", "TotalIssuance");
        let issuance = at.storage().fetch(issuance, ()).await?.decode()?;
        let records = dynamic::storage::<(AccountId32,), Record>("System", "Account");
        let mut records = at.storage().iter(records, ()).await?;
        let mut accounts = BTreeMap::new();
        while let Some(entry) = records.next().await {
            let entry = entry?;
            // The key ends with the account: its hash leaves it readable.
            let account = entry.key_bytes().last_chunk().context("a key is longer than an account")?;
            accounts.insert(*account, entry.value().decode()?.data);
        }
        Ok(Ledger { accounts, issuance }.tidy())
    }

    /// The events of blocks `from..=to`.
    pub async fn history(&self, from: u64, to: u64) -> Result<History> {
        let mut blocks = Vec::new();
        for number in from..=to {
            blocks.push(self.client().at_block(number).await?.events().fetch().await?);
        }
        Ok(History(blocks))
    }
}

impl History {
    /// The fields of every event of this name, in order.
    pub fn all<E: DecodeAsFields>(&self, pallet: &str, name: &str) -> Result<Vec<E>> {
        let mut found = Vec::new();
        for event in self.0.iter().flat_map(|block| block.iter()) {
            let event = event?;
            if (event.pallet_name(), event.event_name()) == (pallet, name) {
                found.push(event.decode_fields_unchecked_as::<E>()?);
            }
        }
        Ok(found)
    }
}

impl Ledger {
    /// What an account has.
    pub fn of(&self, account: &[u8; 32]) -> Holding {
        self.accounts.get(account).copied().unwrap_or_default()
    }

    /// What there is in all.
    pub fn issuance(&self) -> u128 {
        self.issuance
    }

    /// Carries out what the events say about balances.
    pub fn follow(mut self, history: &History) -> Result<Self> {
        for event in history.0.iter().flat_map(|block| block.iter()) {
            let event = event?;
            if event.pallet_name() != "Balances" {
                continue;
            }
            let own = || anyhow::Ok(event.decode_fields_unchecked_as::<Own>()?);
            let issuance = || anyhow::Ok(event.decode_fields_unchecked_as::<Issuance>()?);
            match event.event_name() {
                "Deposit" => own().map(|Own { who, amount }| self.add(Free(who), amount))?,
                "Withdraw" => own().and_then(|Own { who, amount }| self.take(Free(who), amount))?,
                "Held" => own().and_then(|Own { who, amount }| self.shift(Free(who), Reserved(who), amount))?,
                "Released" => own().and_then(|Own { who, amount }| self.shift(Reserved(who), Free(who), amount))?,
                "BurnedHeld" => own().and_then(|Own { who, amount }| self.burn(Reserved(who), amount))?,
                "Burned" => own().and_then(|Own { who, amount }| self.burn(Free(who), amount))?,
                "Minted" => own().map(|Own { who, amount }| {
                    self.add(Free(who), amount);
                    self.add(Place::Issuance, amount);
                })?,
                "Transfer" => {
                    let Transfer { from, to, amount } = event.decode_fields_unchecked_as()?;
                    self.shift(Free(from), Free(to), amount)?;
                }
                // The chain's own code moves holds to free balances only.
                "TransferOnHold" => {
                    let TransferOnHold { source, dest, amount } = event.decode_fields_unchecked_as()?;
                    self.shift(Reserved(source), Free(dest), amount)?;
                }
                "TransferAndHold" => {
                    let TransferAndHold { source, dest, transferred } = event.decode_fields_unchecked_as()?;
                    self.shift(Free(source), Reserved(dest), transferred)?;
                }
                "DustLost" => {
                    let DustLost { account, amount } = event.decode_fields_unchecked_as()?;
                    self.take(Free(account), amount)?;
                }
                // A credit that is dropped goes by the name of a burned debt.
                "BurnedDebt" | "Rescinded" => issuance().and_then(|of| self.take(Place::Issuance, of.amount))?,
                "MintedCredit" | "Issued" => issuance().map(|of| self.add(Place::Issuance, of.amount))?,
                "Endowed" => {}
                other => bail!("what Balances.{other} does to accounts is not known here"),
            }
        }
        Ok(self.tidy())
    }

    /// Fails unless what all have makes what there is.
    pub fn check_sum(&self) -> Result<()> {
        let sum: u128 = self.accounts.values().map(|holding| holding.free + holding.reserved).sum();
        ensure!(sum == self.issuance, "accounts have {sum} of {} wei", self.issuance);
        Ok(())
    }

    /// Fails with every number that differs.
    pub fn check_same(&self, other: &Self) -> Result<()> {
        let mut accounts: Vec<_> = self.accounts.keys().chain(other.accounts.keys()).collect();
        accounts.dedup();
        let differ = accounts.into_iter().filter(|account| self.of(account) != other.of(account));
        let differ: Vec<_> =
            differ.map(|who| format!("{}: {:?}, {:?}", AccountId32(*who), self.of(who), other.of(who))).collect();
        ensure!(differ.is_empty(), "{differ:#?}");
        ensure!(self.issuance == other.issuance, "issuance: {}, {}", self.issuance, other.issuance);
        Ok(())
    }

    fn place(&mut self, place: Place) -> &mut u128 {
        match place {
            Free(who) => &mut self.accounts.entry(who.0).or_default().free,
            Reserved(who) => &mut self.accounts.entry(who.0).or_default().reserved,
            Place::Issuance => &mut self.issuance,
        }
    }

    fn add(&mut self, place: Place, amount: u128) {
        *self.place(place) += amount;
    }

    fn take(&mut self, place: Place, amount: u128) -> Result<()> {
        let number = self.place(place);
        *number = number.checked_sub(amount).with_context(|| format!("{amount} taken of {number}"))?;
        Ok(())
    }

    fn shift(&mut self, from: Place, to: Place, amount: u128) -> Result<()> {
        self.take(from, amount)?;
        self.add(to, amount);
        Ok(())
    }

    fn burn(&mut self, from: Place, amount: u128) -> Result<()> {
        self.take(from, amount)?;
        self.take(Place::Issuance, amount)
    }

    fn tidy(mut self) -> Self {
        self.accounts.retain(|_, holding| *holding != Holding::default());
        self
    }
}
