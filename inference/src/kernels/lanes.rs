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

/// One register of f32 values: some of the sixteen lanes.
///
/// # Safety
/// Every function needs the instruction set of its implementor; pointers must be readable or writable for `WIDTH` elements.
pub(crate) trait Vector: Copy {
    /// Values in it; divides 16.
    const WIDTH: usize;
    unsafe fn zero() -> Self;
    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    unsafe fn mul(self, other: Self) -> Self;
    unsafe fn add(self, other: Self) -> Self;
}

/// Sixteen f32 values in registers.
///
/// # Safety
/// Every function needs the instruction set of its implementor; pointers must be readable or writable for 16 elements.
pub(crate) trait Lanes {
    /// The registers.
    type Reg: Copy;
    /// One of them, for kernels that hold more sums than there are registers for whole sets of lanes.
    type Part: Vector;
    /// Registers of the instruction set divided by 8: how many weight rows a tile of four activation rows takes.
    const COLUMNS: usize;
    unsafe fn zero() -> Self::Reg;
    unsafe fn load(from: *const f32) -> Self::Reg;
    unsafe fn load_f16(from: *const F16) -> Self::Reg;
    unsafe fn load_bf16(from: *const Bf16) -> Self::Reg;
    unsafe fn store(to: *mut f32, value: Self::Reg);
    unsafe fn mul(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    unsafe fn add(a: Self::Reg, b: Self::Reg) -> Self::Reg;
    /// The sum of the lanes, added as [`tree`] does.
    #[inline(always)]
    unsafe fn sum(value: Self::Reg) -> f32 {
        let mut lanes = [0.0; LANES];
        // SAFETY: sixteen values.
        unsafe { Self::store(lanes.as_mut_ptr(), value) };
        tree(lanes)
    }
    /// Asks for a cache line ahead of its use. Any address will do. It comes into the second-level cache: requests for the
    /// first wait in the few places that loads need too, and so would halve the bandwidth.
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
                return super::x86::avx2(kernel)
            }
            Isa::Avx512 if is_x86_feature_detected!("avx512f") => return super::x86::avx512(kernel),
            _ => {}
        }
    }
    let _ = isa;
    // SAFETY: plain Rust needs no instruction set.
    unsafe { kernel.run::<Scalar>() }
}

/// Plain Rust.
pub(crate) struct Scalar;

/// One value, for columns that fill no register.
impl Vector for f32 {
    const WIDTH: usize = 1;

    #[inline(always)]
    unsafe fn zero() -> Self {
        0.0
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        value
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller vouches for the element.
        unsafe { *from }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as above.
        unsafe { *to = self };
    }
    #[inline(always)]
    unsafe fn mul(self, other: Self) -> Self {
        self * other
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self + other
    }
}

/// Four values: a register of SSE2 or NEON, which every compiler target of ours has.
impl Vector for [f32; 4] {
    const WIDTH: usize = 4;

    #[inline(always)]
    unsafe fn zero() -> Self {
        [0.0; 4]
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        [value; 4]
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller vouches for 4 elements.
        unsafe { from.cast::<Self>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: as above.
        unsafe { to.cast::<Self>().write_unaligned(self) }
    }
    #[inline(always)]
    unsafe fn mul(self, [e, f, g, h]: Self) -> Self {
        let [a, b, c, d] = self;
        [a * e, b * f, c * g, d * h]
    }
    #[inline(always)]
    unsafe fn add(self, [e, f, g, h]: Self) -> Self {
        let [a, b, c, d] = self;
        [a + e, b + f, c + g, d + h]
    }
}

impl Lanes for Scalar {
    type Reg = [f32; LANES];
    type Part = [f32; 4];
    const COLUMNS: usize = 2;

    #[inline(always)]
    unsafe fn zero() -> Self::Reg {
        [0.0; LANES]
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
