//! The lanes of AVX2 and AVX-512.

use super::lanes::{Kernel, Lanes, Vector};
use crate::model::weights::{Bf16, F16};
use std::arch::x86_64::*;

#[target_feature(enable = "avx2,f16c")]
pub(super) unsafe fn avx2<K: Kernel>(kernel: K) -> K::Out {
    // SAFETY: this function has the features.
    unsafe { kernel.run::<Avx2>() }
}

#[target_feature(enable = "avx512f,avx2,f16c")]
pub(super) unsafe fn avx512<K: Kernel>(kernel: K) -> K::Out {
    // SAFETY: this function has the features; AVX-512 F implies AVX2 and F16C.
    unsafe { kernel.run::<Avx512>() }
}

/// The last three levels of the tree: 8 → 4 → 2 → 1.
///
/// # Safety
/// Needs AVX.
#[inline(always)]
unsafe fn sum_of_eight(value: __m256) -> f32 {
    unsafe {
        let four = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps::<1>(value));
        let two = _mm_add_ps(four, _mm_movehl_ps(four, four));
        _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)))
    }
}

macro_rules! vector {
    ($register:ty, $width:literal, $zero:ident, $splat:ident, $load:ident, $store:ident, $mul:ident, $add:ident) => {
        impl Vector for $register {
            const WIDTH: usize = $width;

            #[inline(always)]
            unsafe fn zero() -> Self {
                unsafe { $zero() }
            }
            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                unsafe { $splat(value) }
            }
            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                unsafe { $load(from) }
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                unsafe { $store(to, self) }
            }
            #[inline(always)]
            unsafe fn mul(self, other: Self) -> Self {
                unsafe { $mul(self, other) }
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                unsafe { $add(self, other) }
            }
        }
    };
}

vector!(__m256, 8, _mm256_setzero_ps, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_mul_ps, _mm256_add_ps);
vector!(__m512, 16, _mm512_setzero_ps, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_mul_ps, _mm512_add_ps);

pub(super) struct Avx2;
pub(super) struct Avx512;

impl Lanes for Avx2 {
    type Reg = (__m256, __m256);
    type Part = __m256;
    const COLUMNS: usize = 2;

    #[inline(always)]
    unsafe fn zero() -> Self::Reg {
        unsafe { (_mm256_setzero_ps(), _mm256_setzero_ps()) }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Reg {
        unsafe { (_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(8))) }
    }
    #[inline(always)]
    unsafe fn load_f16(from: *const F16) -> Self::Reg {
        unsafe {
            let (low, high) = (_mm_loadu_si128(from.cast()), _mm_loadu_si128(from.add(8).cast()));
            (_mm256_cvtph_ps(low), _mm256_cvtph_ps(high))
        }
    }
    #[inline(always)]
    unsafe fn load_bf16(from: *const Bf16) -> Self::Reg {
        unsafe {
            let (low, high) = (_mm_loadu_si128(from.cast()), _mm_loadu_si128(from.add(8).cast()));
            let widen = |half| _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_cvtepu16_epi32(half)));
            (widen(low), widen(high))
        }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Reg) {
        unsafe {
            _mm256_storeu_ps(to, value.0);
            _mm256_storeu_ps(to.add(8), value.1);
        }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Reg, b: Self::Reg) -> Self::Reg {
        unsafe { (_mm256_mul_ps(a.0, b.0), _mm256_mul_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Reg, b: Self::Reg) -> Self::Reg {
        unsafe { (_mm256_add_ps(a.0, b.0), _mm256_add_ps(a.1, b.1)) }
    }
    #[inline(always)]
    unsafe fn sum(value: Self::Reg) -> f32 {
        unsafe { sum_of_eight(_mm256_add_ps(value.0, value.1)) }
    }
    #[inline(always)]
    unsafe fn prefetch<T>(at: *const T) {
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
    }
}

impl Lanes for Avx512 {
    type Reg = __m512;
    type Part = __m512;
    const COLUMNS: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self::Reg {
        unsafe { _mm512_setzero_ps() }
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Reg {
        unsafe { _mm512_loadu_ps(from) }
    }
    #[inline(always)]
    unsafe fn load_f16(from: *const F16) -> Self::Reg {
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.cast())) }
    }
    #[inline(always)]
    unsafe fn load_bf16(from: *const Bf16) -> Self::Reg {
        unsafe {
            let wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(from.cast()));
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(wide))
        }
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Reg) {
        unsafe { _mm512_storeu_ps(to, value) }
    }
    #[inline(always)]
    unsafe fn mul(a: Self::Reg, b: Self::Reg) -> Self::Reg {
        unsafe { _mm512_mul_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn add(a: Self::Reg, b: Self::Reg) -> Self::Reg {
        unsafe { _mm512_add_ps(a, b) }
    }
    #[inline(always)]
    unsafe fn sum(value: Self::Reg) -> f32 {
        unsafe {
            let high = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(value)));
            sum_of_eight(_mm256_add_ps(_mm512_castps512_ps256(value), high))
        }
    }
    #[inline(always)]
    unsafe fn prefetch<T>(at: *const T) {
        unsafe { _mm_prefetch::<_MM_HINT_T1>(at.cast()) }
    }
}
