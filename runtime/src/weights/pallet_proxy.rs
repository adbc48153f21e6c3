//! Weights of `pallet_proxy`. Written by `scripts/weights`; do not edit.
//!
//! Measured 2026-11-21 on AMD EPYC, 2 cores, 24 GiB: wasm Compiled, 50 steps, 20 repetitions,
//! benchmarking CLI 64.0.0.
#![allow(unused_imports, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// The measurements.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_proxy::WeightInfo for WeightInfo<T> {
    // Storage: `Proxy::Proxies` (r:1 w:0)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    fn proxy(p: u32) -> Weight {
        // Fastest run: 14_000_000 ps. Proof measured: 127 + p × 37 bytes.
        Weight::from_parts(14_752_988, 4706)
            // Standard error: 1_260
            .saturating_add(Weight::from_parts(84_893, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(1))
    }
    // Storage: `Proxy::Proxies` (r:1 w:0)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    // Storage: `Proxy::Announcements` (r:1 w:1)
    // Proof: `Proxy::Announcements` (`max_values`: None, `max_size`: Some(2233), added: 4708, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn proxy_announced(a: u32, p: u32) -> Weight {
        // Fastest run: 41_712_000 ps. Proof measured: 459 + a × 68 + p × 36 bytes.
        Weight::from_parts(47_507_344, 5698)
            // Standard error: 18_360
            .saturating_add(Weight::from_parts(147_728, 0).saturating_mul(a.into()))
            // Standard error: 18_969
            .saturating_add(Weight::from_parts(16_997, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // Storage: `Proxy::Announcements` (r:1 w:1)
    // Proof: `Proxy::Announcements` (`max_values`: None, `max_size`: Some(2233), added: 4708, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn remove_announcement(a: u32, p: u32) -> Weight {
        // Fastest run: 27_992_000 ps. Proof measured: 374 + a × 68 bytes.
        Weight::from_parts(26_613_910, 5698)
            // Standard error: 10_119
            .saturating_add(Weight::from_parts(373_727, 0).saturating_mul(a.into()))
            // Standard error: 10_455
            .saturating_add(Weight::from_parts(68_851, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // Storage: `Proxy::Announcements` (r:1 w:1)
    // Proof: `Proxy::Announcements` (`max_values`: None, `max_size`: Some(2233), added: 4708, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn reject_announcement(a: u32, p: u32) -> Weight {
        // Fastest run: 27_631_000 ps. Proof measured: 374 + a × 68 bytes.
        Weight::from_parts(28_790_191, 5698)
            // Standard error: 2_899
            .saturating_add(Weight::from_parts(305_498, 0).saturating_mul(a.into()))
            // Standard error: 2_995
            .saturating_add(Weight::from_parts(17_662, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // Storage: `Proxy::Proxies` (r:1 w:0)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    // Storage: `Proxy::Announcements` (r:1 w:1)
    // Proof: `Proxy::Announcements` (`max_values`: None, `max_size`: Some(2233), added: 4708, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    fn announce(a: u32, p: u32) -> Weight {
        // Fastest run: 39_057_000 ps. Proof measured: 391 + a × 68 + p × 36 bytes.
        Weight::from_parts(38_501_049, 5698)
            // Standard error: 2_733
            .saturating_add(Weight::from_parts(282_861, 0).saturating_mul(a.into()))
            // Standard error: 2_824
            .saturating_add(Weight::from_parts(73_970, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    // Storage: `Proxy::Proxies` (r:1 w:1)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    fn add_proxy(p: u32) -> Weight {
        // Fastest run: 26_750_000 ps. Proof measured: 127 + p × 37 bytes.
        Weight::from_parts(27_595_387, 4706)
            // Standard error: 950
            .saturating_add(Weight::from_parts(109_859, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Proxy::Proxies` (r:1 w:1)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    fn remove_proxy(p: u32) -> Weight {
        // Fastest run: 26_159_000 ps. Proof measured: 127 + p × 37 bytes.
        Weight::from_parts(27_580_559, 4706)
            // Standard error: 1_114
            .saturating_add(Weight::from_parts(114_091, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Proxy::Proxies` (r:1 w:1)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    fn remove_proxies(p: u32) -> Weight {
        // Fastest run: 26_319_000 ps. Proof measured: 127 + p × 37 bytes.
        Weight::from_parts(25_651_092, 4706)
            // Standard error: 2_608
            .saturating_add(Weight::from_parts(2_111_389, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Proxy::Proxies` (r:1 w:1)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    fn create_pure(p: u32) -> Weight {
        // Fastest run: 30_355_000 ps. Proof measured: 139 bytes.
        Weight::from_parts(31_738_165, 4706)
            // Standard error: 1_296
            .saturating_add(Weight::from_parts(37_147, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Proxy::Proxies` (r:1 w:1)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    fn kill_pure(p: u32) -> Weight {
        // Fastest run: 28_001_000 ps. Proof measured: 164 + p × 37 bytes.
        Weight::from_parts(29_556_211, 4706)
            // Standard error: 4_077
            .saturating_add(Weight::from_parts(70_255, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: `Proxy::Proxies` (r:1 w:1)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    // Storage: `System::Account` (r:1 w:1)
    // Proof: `System::Account` (`max_values`: None, `max_size`: Some(128), added: 2603, mode: `MaxEncodedLen`)
    // Storage: `Proxy::Announcements` (r:1 w:1)
    // Proof: `Proxy::Announcements` (`max_values`: None, `max_size`: Some(2233), added: 4708, mode: `MaxEncodedLen`)
    fn poke_deposit() -> Weight {
        // Fastest run: 50_765_000 ps. Proof measured: 524 bytes.
        Weight::from_parts(52_708_000, 5698)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(3))
    }
}
