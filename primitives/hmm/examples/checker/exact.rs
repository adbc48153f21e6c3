//! Exact rationals for the vector checker: decimal strings, closed forms to 60 digits, tolerances.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Wei per unit.
pub const WEI: u128 = 1_000_000_000_000_000_000;

/// A rational from an integer.
pub fn int(n: u128) -> BigRational {
    BigRational::from_integer(BigInt::from(n))
}

/// 10⁻ⁿ.
pub fn tiny(n: usize) -> BigRational {
    BigRational::new(BigInt::one(), BigInt::from(10).pow(n as u32))
}

/// A decimal string, exactly.
pub fn decimal(text: &str) -> Result<BigRational, String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let number = BigInt::parse_bytes(all.as_bytes(), 10).ok_or_else(|| format!("not a decimal: {text}"))?;
    let value = BigRational::new(number, BigInt::from(10).pow(fraction.len() as u32));
    Ok(if negative { -value } else { value })
}

/// Units to wei; the decimal must be a whole number of wei.
pub fn wei(text: &str) -> Result<u128, String> {
    let value = decimal(text)? * int(WEI);
    if !value.is_integer() {
        return Err(format!("{text} is not a whole number of wei"));
    }
    u128::try_from(value.to_integer()).map_err(|_| format!("{text} is out of range"))
}

/// |a − b| ≤ tolerance·|b|.
pub fn close(a: &BigRational, b: &BigRational, tolerance: &BigRational) -> bool {
    (a - b).abs() <= tolerance * b.abs()
}

/// √v to 10⁻¹⁰⁰ of the unit.
pub fn sqrt(v: &BigRational) -> BigRational {
    let scale = BigInt::from(10).pow(100);
    let scaled = (v * BigRational::from_integer(&scale * &scale)).to_integer();
    BigRational::new(scaled.sqrt(), scale)
}

/// One side of a pool, and how it is curved, in exact units.
pub struct Exact {
    /// w.
    pub w: BigRational,
    /// λ.
    pub lambda: BigRational,
    /// Reserve the trade adds to.
    pub into: BigRational,
    /// Reserve the trade draws from.
    pub from: BigRational,
}

impl Exact {
    /// H of the two reserves.
    pub fn kappa(&self) -> BigRational {
        let squares = &self.into * &self.into + &self.from * &self.from;
        &self.w * &self.into * &self.from + &self.lambda / int(2) * squares
    }

    /// λ/w.
    pub fn epsilon(&self) -> BigRational {
        &self.lambda / &self.w
    }

    /// The specification's closed form for exact in, without any guard.
    pub fn out_for(&self, x: &BigRational) -> BigRational {
        let after = &self.into + x;
        let square = (&self.w * &self.w - &self.lambda * &self.lambda) * &after * &after;
        let root = sqrt(&(square + int(2) * &self.lambda * self.kappa()));
        let numerator = x * (int(2) * &self.w * &self.from + int(2) * &self.lambda * &self.into + &self.lambda * x);
        numerator / (&self.lambda * &self.from + &self.w * after + root)
    }

    /// The specification's closed form for exact out.
    pub fn in_for(&self, y: &BigRational) -> BigRational {
        let after = &self.from - y;
        let square = (&self.w * &self.w - &self.lambda * &self.lambda) * &after * &after;
        let root = sqrt(&(square + int(2) * &self.lambda * self.kappa()));
        let numerator = y * (int(2) * &self.w * &self.into + int(2) * &self.lambda * &self.from - &self.lambda * y);
        numerator / (&self.lambda * &self.into + &self.w * after + root)
    }

    /// Credits per unit of compute at given reserves of this shape.
    pub fn price(&self, psi: &BigRational, theta: &BigRational) -> BigRational {
        (&self.w * theta + &self.lambda * psi) / (&self.w * psi + &self.lambda * theta)
    }

    /// The reserve drawn from where the price is `p`: `(w−λp)·√(2h/((w²−λ²)(2wp−λ(1+p²))))`.
    pub fn left_at(&self, p: &BigRational) -> BigRational {
        let bend = int(2) * &self.w * p - &self.lambda * (int(1) + p * p);
        let squares = &self.w * &self.w - &self.lambda * &self.lambda;
        (&self.w - &self.lambda * p) * sqrt(&(int(2) * self.kappa() / (squares * bend)))
    }

    /// Largest input the curve reaches, if any: √(2h/λ) − into.
    pub fn reach(&self) -> Option<BigRational> {
        if self.lambda.is_zero() {
            return None;
        }
        Some(sqrt(&(int(2) * self.kappa() / &self.lambda)) - &self.into)
    }
}
