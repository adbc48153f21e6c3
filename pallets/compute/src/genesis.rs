//! What a chain starts with: profiles, tiers, and workers with bonds and tokens.
//!
//! The pools these tokens go into do not exist yet, so each amount comes with the reference price its pool will open at,
//! and the joint limit is checked against that. The horizon holds as for any mint.

use crate::{bonds::PriceBook, pallet::*, types::GenesisWorker};
use alloc::{format, string::String};
use frame_support::{ensure, traits::fungibles::Mutate as _};
use hanzo_traits::QualityOracle;
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
    /// Builds everything; the error names what was refused.
    pub(crate) fn build_genesis(config: &GenesisConfig<T>) -> Result<(), (String, DispatchError)> {
        // The escrow holds only sufficient tokens, but must not depend on that to stay alive.
        frame_system::Pallet::<T>::inc_providers(&Self::escrow_account());
        for (tier, rule) in &config.tiers {
            ensure!(*tier != 0, (format!("the rule of tier {tier}"), Error::<T>::UnknownTier.into()));
            Tiers::<T>::insert(tier, rule);
        }
        for (model, profile) in &config.model_profiles {
            Self::put_profile(*model, Some(*profile)).map_err(|error| (format!("model {model:?}"), error))?;
        }
        for worker in &config.workers {
            Self::build_worker(worker).map_err(|error| (format!("worker {:?}", worker.account), error))?;
        }
        Ok(())
    }

    fn build_worker(worker: &GenesisWorker<T::AccountId>) -> DispatchResult {
        let account = &worker.account;
        Self::do_register(account, worker.offer.clone(), worker.session_key, worker.bond)?;
        let quality = T::Quality::quality(account);
        let mut book = PriceBook::default();
        Self::with_worker(account, |record| {
            record.accepting = worker.accepting;
            record.models = worker.models.clone();
            for tokens in &worker.tokens {
                let rule = Self::tier_rule(tokens.pool.tier)?;
                ensure!(Self::qualifies(account, record, tokens.pool.tier, &rule), Error::<T>::NotQualified);
                ensure!(tokens.amount > 0, Error::<T>::ZeroAmount);
                Self::owe(record, tokens.pool, tokens.amount)?;
                Self::ensure_within_horizon(record, tokens.pool.class, quality)?;
                book.set(tokens.pool, tokens.price);
            }
            Self::ensure_backed(record, &mut book)
        })?;
        for tokens in &worker.tokens {
            T::Tokens::mint_into(tokens.pool.asset_id(), account, tokens.amount)?;
        }
        Ok(())
    }
}
