//! The element types of weights.

use super::lanes::Lanes;
use crate::model::weights::{Bf16, F16};

/// An element of a weight matrix, widened exactly to f32 on load.
pub(crate) trait Element: Copy + Send + Sync {
    /// # Safety
    /// As [`Lanes::load`].
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg;
    /// The value as f32.
    fn wide(self) -> f32;
}

impl Element for f32 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg {
        unsafe { L::load(from) }
    }
    #[inline(always)]
    fn wide(self) -> f32 {
        self
    }
}

impl Element for F16 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg {
        unsafe { L::load_f16(from) }
    }
    #[inline(always)]
    fn wide(self) -> f32 {
        self.widen()
    }
}

impl Element for Bf16 {
    #[inline(always)]
    unsafe fn load<L: Lanes>(from: *const Self) -> L::Reg {
        unsafe { L::load_bf16(from) }
    }
    #[inline(always)]
    fn wide(self) -> f32 {
        self.widen()
    }
}
