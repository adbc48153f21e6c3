//! Sixteen f32 lanes on three instruction sets, and the choice between them at run time.

use crate::model::weights::{Bf16, F16};
use std::sync::OnceLock;

/// Lanes of every sum.
pub const LANES: usize = 16;

/// An instruction set that the kernels can run on. All give the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// Plain Rust.
    Scalar,
    /// AVX2 with F16C: two registers of eight lanes.
    Avx2,
    /// AVX-512 F: one register of sixteen lanes.
    Avx512,
}

impl Isa {
    /// Every instruction set this machine has, plainest first.
    pub fn available() -> Vec<Self> {
        let mut found = vec![Self::Scalar];
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c") {
                found.push(Self::Avx2);
            }
            if is_x86_feature_detected!("avx512f") {
                found.push(Self::Avx512);
            }
        }
        found
    }

    /// The widest instruction set whose kernels agree with plain Rust on a check run once per process. One that does not
    /// agree is reported and left out: a faulty unit must not sign.
    pub fn best() -> Self {
        static BEST: OnceLock<Isa> = OnceLock::new();
        *BEST.get_or_init(|| {
            let sound = |isa: &Self| {
                let sound = super::matmul::self_check(*isa);
                if !sound {
                    tracing::error!(isa = isa.name(), "kernels disagree with plain Rust; not used");
                }
                sound
            };
            Self::available().into_iter().rev().find(sound).unwrap_or(Self::Scalar)
        })
    }

    /// Short lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
        }
    }
}

/// Sixteen f32 values in registers.
///
/// # Safety
/// Every function needs the instruction set of its implementor; pointers must be readable or writable for 16 elements.
pub(crate) trait Lanes {
    /// The registers.
    type Reg: Copy;
    unsafe fn zero() -> Self::Reg;
    unsafe fn splat(value: f32) -> Self::Reg;
    unsafe fn load(from: *const f32) -> Self::Reg;
    unsafe fn load_f16(from: *const F16) -> Self::Reg;
    unsafe fn load_bf16(from: *const Bf16) -> Self::Reg;
    unsafe fn store(to: *mut f32, value: Self::Reg);
    unsafe fn mul(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    unsafe fn add(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    /// Asks for a cache line ahead of its use. Any address will do.
    #[inline(always)]
    unsafe fn prefetch<T>(_at: *const T) {}
}

/// Adds the lanes as a tree: 16 → 8 → 4 → 2 → 1.
#[inline(always)]
pub(crate) fn tree(mut lanes: [f32; LANES]) -> f32 {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] += lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

/// A kernel: a body that runs on any lanes.
pub(crate) trait Kernel {
    /// What it returns.
    type Out;
    /// # Safety
    /// The instruction set of `L` must be present.
    unsafe fn run<L: Lanes>(self) -> Self::Out;
}

/// Runs a kernel on an instruction set. An instruction set this build does not know runs as plain Rust.
#[inline]
pub(crate) fn run<K: Kernel>(isa: Isa, kernel: K) -> K::Out {
    // SAFETY: `Isa` values other than `Scalar` are made by `Isa::available` after detection; callers that name one
    // themselves are checked here again (the answer is cached by std).
    #[cfg(target_arch = "x86_64")]
    unsafe {
        match isa {
            Isa::Avx2 if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c") => {
                return x86::avx2(kernel)
            }
            Isa::Avx512 if is_x86_feature_detected!("avx512f") => return x86::avx512(kernel),
            _ => {}
        }
    }
    let _ = isa;
    // SAFETY: plain Rust needs no instruction set.
    unsafe { kernel.run::<Scalar>() }
}

/// Plain Rust.
pub(crate) struct Scalar;

impl Lanes for Scalar {
    type Reg = [f32; LANES];

    #[inline(always)]
    unsafe fn zero() -> Self::Reg {
        [0.0; LANES]
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::Reg {
        [value; LANES]
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::Reg {
        // SAFETY: the caller vouches for 16 elements.
        unsafe { from.cast::<Self::Reg>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn load_f16(from: *const F16) -> Self::Reg {
        // SAFETY: as above.
        unsafe { from.cast::<[F16; LANES]>().read_unaligned() }.map(F16::widen)
    }
    #[inline(always)]
    unsafe fn load_bf16(from: *const Bf16) -> Self::Reg {
        // SAFETY: as above.
        unsafe { from.cast::<[Bf16; LANES]>().read_unaligned() }.map(Bf16::widen)
    }
    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::Reg) {
        // SAFETY: as above.
        unsafe { to.cast::<Self::Reg>().write_unaligned(value) }
    }
    #[inline(always)]
    unsafe fn mul(mut a: Self::Reg, b: Self::Reg) -> Self::Reg {
        for (x, y) in a.iter_mut().zip(b) {
            *x *= y;
        }
        a
    }
    #[inline(always)]
    unsafe fn add(mut a: Self::Reg, b: Self::Reg) -> Self::Reg {
        for (x, y) in a.iter_mut().zip(b) {
            *x += y;
        }
        a
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Bf16, Kernel, Lanes, F16};
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

    pub(super) struct Avx2;
    pub(super) struct Avx512;

    impl Lanes for Avx2 {
        type Reg = (__m256, __m256);

        #[inline(always)]
        unsafe fn zero() -> Self::Reg {
            unsafe { (_mm256_setzero_ps(), _mm256_setzero_ps()) }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self::Reg {
            unsafe { (_mm256_set1_ps(value), _mm256_set1_ps(value)) }
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
        unsafe fn prefetch<T>(at: *const T) {
            unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
        }
    }

    impl Lanes for Avx512 {
        type Reg = __m512;

        #[inline(always)]
        unsafe fn zero() -> Self::Reg {
            unsafe { _mm512_setzero_ps() }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self::Reg {
            unsafe { _mm512_set1_ps(value) }
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
        unsafe fn prefetch<T>(at: *const T) {
            unsafe { _mm_prefetch::<_MM_HINT_T0>(at.cast()) }
        }
    }
}
