//! Trades, batches and liquidity, as whoever makes them sees them.

use super::{
    cast::{adversaries, Who},
    World, MINTER,
};
use codec::Compact;
use hanzo_hmm::{Side, PPB};
use hanzo_runtime::{
    constants::AI,
    test_kit::{actors::pools, chain::dispatch_as},
    Assets, Balance, Runtime, RuntimeEvent, System,
};
use hanzo_traits::PoolId;
use pallet_hmm::{commitment_of, HiddenOrder, PoolState, BATCH_BLOCKS, COMMIT_BLOCKS};
use sp_runtime::DispatchError;

type Market = pallet_hmm::Call<Runtime>;

/// A limit nobody reaches.
pub const ANYTHING: Balance = AI * AI;
/// A deadline nobody meets.
pub const NEVER: u32 = u32::MAX;

/// A pool that adversaries play in. They all have one shape; those of cheap classes could not hold what some deposit.
pub fn pool(number: usize) -> PoolId {
    pools()[number % 3]
}

/// A pool's record.
pub fn state(pool: PoolId) -> PoolState<u32> {
    pallet_hmm::Pools::<Runtime>::get(pool).expect("the pool exists")
}

/// A part of a whole.
pub fn part(whole: Balance, share: f64) -> Balance {
    // To a billionth, so that no float enters an amount.
    whole / 1_000_000_000 * (share.max(0.0) * 1e9) as Balance
}

/// Tokens that somebody holds.
pub fn tokens(who: Who, pool: PoolId) -> Balance {
    Assets::balance(pool.asset_id(), who.id())
}

/// Hands tokens over.
pub fn give(from: Who, to: Who, pool: PoolId, amount: Balance) -> Result<(), DispatchError> {
    let call = pallet_assets::Call::transfer { id: Compact(pool.asset_id()), target: to.id().into(), amount };
    dispatch_as(from.id(), call)
}

/// An order of a batch as its trader keeps it.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Whose.
    pub who: Who,
    /// What reveals it.
    pub reveal: Market,
}

impl World {
    /// What an account may still move in a pool in this block.
    fn room(&self, who: Who, pool: PoolId) -> Balance {
        let reference = match state(pool) {
            state if state.rolled_at == self.now() => state.reference.psi,
            state => state.reserves.psi,
        };
        let limit = reference / 1_000_000_000 * 3_000_000;
        let moved = pallet_hmm::Volumes::<Runtime>::get(pool, who.id());
        let moved = moved.filter(|volume| volume.block == self.now()).map_or(0, |volume| volume.psi);
        limit.saturating_sub(moved)
    }

    /// Buys with as many of the adversary's accounts as it takes, at most 0.3 % each, whatever it costs; the tokens go to its
    /// first account. How much was bought.
    pub fn crowd_buy(&mut self, pool: PoolId, psi: Balance) -> Balance {
        let mut left = psi;
        for who in adversaries() {
            let psi_out = left.min(self.room(who, pool));
            if psi_out == 0 {
                continue;
            }
            if self.act(who, Market::buy_exact_out { pool, psi_out, max_theta_in: ANYTHING, deadline: NEVER }).is_err()
            {
                break;
            }
            if who != Who::adversary(0) {
                give(who, Who::adversary(0), pool, psi_out).expect("it has just bought them");
            }
            left -= psi_out;
            if left == 0 {
                break;
            }
        }
        psi - left
    }

    /// Sells what the adversary's first account holds, in the same way. How much was sold.
    pub fn crowd_sell(&mut self, pool: PoolId, psi: Balance) -> Balance {
        let psi = psi.min(tokens(Who::adversary(0), pool));
        let mut left = psi;
        for who in adversaries() {
            let psi_in = left.min(self.room(who, pool));
            if psi_in == 0 {
                continue;
            }
            if who != Who::adversary(0) && give(Who::adversary(0), who, pool, psi_in).is_err() {
                break;
            }
            if self.act(who, Market::sell { pool, psi_in, min_theta_out: 0, deadline: NEVER }).is_err() {
                if who != Who::adversary(0) {
                    give(who, Who::adversary(0), pool, psi_in).expect("it has just got them");
                }
                break;
            }
            left -= psi_in;
            if left == 0 {
                break;
            }
        }
        psi - left
    }

    /// Trades towards no tokens and no debts in a pool, within this block; whether it is done.
    pub fn crowd_close(&mut self, pool: PoolId) -> bool {
        let (held, owed) = (tokens(Who::adversary(0), pool), self.owed(pool));
        let (amount, moved) = match held.checked_sub(owed) {
            Some(surplus) => (surplus, self.crowd_sell(pool, surplus)),
            None => (owed - held, self.crowd_buy(pool, owed - held)),
        };
        moved == amount
    }

    /// Tokens that the adversary owes of a pool, over all its workers.
    pub fn owed(&self, pool: PoolId) -> Balance {
        adversaries()
            .filter_map(|who| pallet_compute::Workers::<Runtime>::get(who.id()))
            .map(|w| w.obligation(pool))
            .sum()
    }

    /// Mints tokens for the adversary's first account, which its minter owes from now on. Belongs to its position: tokens to
    /// trade with are not the attack.
    pub fn mint(&mut self, pool: PoolId, amount: Balance) {
        self.act_anyway(MINTER, pallet_compute::Call::mint_tokens { pool, amount }).expect("its bond is large enough");
        give(MINTER, Who::adversary(0), pool, amount).expect("it has just minted them");
    }

    /// Commits an order for `psi` at no worse than `theta` in all, locking just that; what reveals it.
    pub fn commit(&mut self, who: Who, pool: PoolId, side: Side, psi: Balance, theta: Balance) -> Option<Kept> {
        let locked = if side == Side::Buy { theta } else { psi };
        self.commit_locking(who, pool, HiddenOrder { side, psi, theta }, locked)
    }

    /// The same with a lock of any size.
    pub fn commit_locking(&mut self, who: Who, pool: PoolId, order: HiddenOrder, amount: Balance) -> Option<Kept> {
        let HiddenOrder { side, psi, theta } = order;
        let (batch, salt) = (self.now() / BATCH_BLOCKS, [7; 32]);
        let commitment = commitment_of(System::block_hash(0), pool, batch, &who.id(), &order, &salt);
        self.act(who, Market::commit_order { pool, batch, side, amount, commitment }).ok()?;
        let index = System::events().into_iter().rev().find_map(|record| match record.event {
            RuntimeEvent::Hmm(pallet_hmm::Event::OrderCommitted { index, .. }) => Some(index),
            _ => None,
        });
        let reveal = Market::reveal_order { pool, batch, index: index?, psi, theta, salt };
        Some(Kept { who, reveal })
    }

    /// Reveals an order.
    pub fn reveal(&mut self, kept: &Kept) -> bool {
        self.act(kept.who, kept.reveal.clone()).is_ok()
    }

    /// Goes on to the first block of the next batch.
    pub fn run_to_commits(&mut self) {
        self.run_to((self.now() / BATCH_BLOCKS + 1) * BATCH_BLOCKS);
    }

    /// Goes on to the first block in which this batch's orders are revealed.
    pub fn run_to_reveals(&mut self) {
        self.run_to(self.now() / BATCH_BLOCKS * BATCH_BLOCKS + COMMIT_BLOCKS);
    }

    /// Deposits at the pool's ratio, so much compute at most.
    pub fn deposit(&mut self, who: Who, pool: PoolId, max_psi: Balance) -> bool {
        let call = Market::add_liquidity { pool, max_psi, max_theta: ANYTHING, min_shares: 0, deadline: NEVER };
        self.act_anyway(who, call).is_ok()
    }

    /// Withdraws all that is not locked.
    pub fn withdraw(&mut self, who: Who, pool: PoolId) -> bool {
        let position = pallet_hmm::Positions::<Runtime>::get(pool, who.id());
        let now = self.now();
        let free = position.locked.iter().filter(|entry| entry.unlock_at <= now);
        let shares: Balance = position.unlocked + free.map(|entry| entry.shares).sum::<Balance>();
        let call = Market::remove_liquidity { pool, shares, min_psi: 0, min_theta: 0, deadline: NEVER };
        shares == 0 || self.act_anyway(who, call).is_ok()
    }

    pub(super) fn remove_all_liquidity(&mut self) {
        for (who, pool) in adversaries().flat_map(|who| pools().map(|pool| (who, pool))) {
            self.withdraw(who, pool);
        }
    }

    /// What of the adversary's is still open: orders, payouts, locked shares, jobs.
    pub(super) fn open_business(&self) -> Option<String> {
        let queue = pallet_hmm::PayoutCursor::<Runtime>::get();
        if !pallet_hmm::OpenBatches::<Runtime>::get().is_empty() || queue.next < queue.end {
            return Some("a batch is not paid".into());
        }
        let now = self.now();
        let locked = adversaries().flat_map(|who| pools().map(|pool| (who, pool))).find(|(who, pool)| {
            let position = pallet_hmm::Positions::<Runtime>::get(pool, who.id());
            position.locked.iter().any(|entry| entry.unlock_at > now)
        });
        if let Some((who, _)) = locked {
            return Some(format!("shares of {who:?} are locked"));
        }
        self.open_job_of_adversary().map(|job| format!("job {job} is open"))
    }

    /// Marginal price of a pool, 10¹⁸ fixed point.
    pub fn price(&self, pool: PoolId) -> u128 {
        state(pool).spot_price()
    }
}

/// An amount of compute at a price, in credits.
pub fn at_price(psi: Balance, price: u128) -> Balance {
    sp_runtime::helpers_128bit::multiply_by_rational_with_rounding(
        psi,
        price,
        hanzo_hmm::PRICE_ONE,
        sp_runtime::Rounding::Down,
    )
    .expect("amounts are far from their range")
}

/// A price moved by a share, such as 0.01 for 1 %.
pub fn moved(price: u128, share: f64) -> u128 {
    let ppb = ((1.0 + share).max(0.0) * f64::from(PPB)) as u128;
    at_price(price, ppb * (hanzo_hmm::PRICE_ONE / u128::from(PPB)))
}
