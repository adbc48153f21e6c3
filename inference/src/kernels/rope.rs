//! Rotary position embedding.

use crate::model::config::{ModelConfig, RopeScaling};

/// The angular frequencies of a model, computed once in f64 with the pinned libm.
#[derive(Clone, Debug)]
pub struct Rope {
    frequencies: Vec<f64>,
    /// Factor on sine and cosine; 1 but for YaRN.
    magnitude: f64,
}

/// Cosine and sine of every angle at one position.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// Cosines, `head_dim / 2` of them.
    pub cos: Vec<f32>,
    /// Sines, `head_dim / 2` of them.
    pub sin: Vec<f32>,
}

impl Rope {
    /// θ^(−2i/d) for i < d/2, scaled as the configuration says. `factors`, if any, divide the frequencies one by one (as
    /// GGUF files store them).
    pub fn new(config: &ModelConfig, factors: Option<&[f32]>) -> Self {
        let dim = config.head_dim;
        let plain = |i: usize| libm::pow(config.rope_theta, -2.0 * i as f64 / dim as f64);
        let scaled = |i: usize| scale(plain(i), i, config);
        let mut frequencies: Vec<f64> = (0..dim / 2).map(scaled).collect();
        for (frequency, factor) in frequencies.iter_mut().zip(factors.unwrap_or_default()) {
            *frequency /= f64::from(*factor);
        }
        let magnitude = match config.rope_scaling {
            RopeScaling::Yarn { factor, attention_factor, .. } => {
                attention_factor.unwrap_or_else(|| 0.1 * libm::log(factor) + 1.0)
            }
            _ => 1.0,
        };
        Self { frequencies, magnitude }
    }

    /// The rotation at an absolute position.
    pub fn at(&self, position: usize) -> Rotation {
        let angles = self.frequencies.iter().map(|frequency| position as f64 * frequency);
        let (cos, sin) = angles
            .map(|angle| {
                let (sin, cos) = libm::sincos(angle);
                ((cos * self.magnitude) as f32, (sin * self.magnitude) as f32)
            })
            .unzip();
        Rotation { cos, sin }
    }
}

impl Rotation {
    /// Rotates every head of a row: element i of the first half pairs with element i of the second.
    pub fn apply(&self, row: &mut [f32]) {
        let half = self.cos.len();
        for head in row.chunks_exact_mut(half * 2) {
            let (first, second) = head.split_at_mut(half);
            for (((a, b), cos), sin) in first.iter_mut().zip(second).zip(&self.cos).zip(&self.sin) {
                let (x, y) = (*a, *b);
                *a = x * cos - y * sin;
                *b = y * cos + x * sin;
            }
        }
    }
}

/// Stretches one frequency for contexts longer than those trained on.
fn scale(frequency: f64, index: usize, config: &ModelConfig) -> f64 {
    let turn = 2.0 * std::f64::consts::PI;
    match config.rope_scaling {
        RopeScaling::None => frequency,
        RopeScaling::Linear { factor } => frequency / factor,
        // Long waves are stretched, short ones left, those between blended by wavelength.
        RopeScaling::Llama3 { factor, low_freq_factor, high_freq_factor, original } => {
            let original = original as f64;
            let wavelength = turn / frequency;
            if wavelength < original / high_freq_factor {
                frequency
            } else if wavelength > original / low_freq_factor {
                frequency / factor
            } else {
                let smooth = (original / wavelength - low_freq_factor) / (high_freq_factor - low_freq_factor);
                (1.0 - smooth) * frequency / factor + smooth * frequency
            }
        }
        // The same idea with a ramp over the dimension's index (arXiv 2309.00071).
        RopeScaling::Yarn { factor, beta_fast, beta_slow, original, .. } => {
            let dim = config.head_dim as f64;
            let place =
                |turns: f64| dim * libm::log(original as f64 / (turns * turn)) / (2.0 * libm::log(config.rope_theta));
            let low = libm::floor(place(beta_fast)).max(0.0);
            let high = libm::ceil(place(beta_slow)).min(dim - 1.0).max(low + 0.001);
            let ramp = ((index as f64 - low) / (high - low)).clamp(0.0, 1.0);
            frequency / factor * ramp + frequency * (1.0 - ramp)
        }
    }
}
