//! Workers that may do what they should not, and the models they may run.

use super::super::weights::mapped;
use crate::error::Result;
use crate::kernels::Isa;
use crate::model::config::ModelConfig;
use crate::model::decoder::{Decoder, ReplayDecoder};
use crate::model::fast::FastDecoder;
use crate::model::random::RandomSource;
use crate::model::source::LoadedModel;
use crate::model::weights::{Matrix, Weights};
use crate::sampler::{sample, Context, TokenBias};
use crate::{ModelSource, ProfileKind};
use candle_core::Device;
use hanzo_poai::Decoding;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rand_chacha::ChaCha12Rng;
use sp_core::H256;

/// Weights in a quantised block, which share a scale.
const BLOCK: usize = 32;

/// The model a worker runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Model {
    /// The one it should.
    True,
    /// Its weights rounded to bfloat16.
    Bf16,
    /// Its weights rounded to so many bits, in blocks of 32 with one scale.
    Bits(u32),
    /// Its weights with Gaussian noise, of so many thousandths of each matrix's root mean square.
    Noise(u32),
    /// Without its last layer.
    Shallow,
    /// Another one of the same shape, untrained.
    Untrained,
}

impl Model {
    pub(super) fn load(self) -> anyhow::Result<LoadedModel> {
        let mut model = ModelSource::Tiny.load()?;
        // No output may stop early.
        model.config.eos.clear();
        match self {
            Self::True => Ok(model),
            Self::Bf16 => mapped(model, |matrix| matrix.to_f32().into_iter().map(to_bf16).collect()),
            Self::Bits(bits) => mapped(model, |matrix| quantised(matrix, bits)),
            Self::Noise(milli) => {
                let mut rng = ChaCha12Rng::seed_from_u64(u64::from(milli));
                mapped(model, |matrix| noised(matrix, f64::from(milli) / 1e3, &mut rng))
            }
            Self::Shallow => {
                model.weights.layers.pop();
                model.config.layers -= 1;
                Ok(model)
            }
            Self::Untrained => {
                model.weights = Weights::load(&model.config, &mut RandomSource::f32(1))?;
                Ok(model)
            }
        }
    }
}

/// Nearest bfloat16, ties to even; the weights are finite and far from the largest.
fn to_bf16(value: f32) -> f32 {
    let bits = value.to_bits();
    f32::from_bits((bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) << 16)
}

/// Round to nearest, symmetric about 0.
fn quantised(matrix: &Matrix, bits: u32) -> Vec<f32> {
    let most = ((1u32 << (bits - 1)) - 1) as f32;
    let mut values = matrix.to_f32();
    for block in values.chunks_mut(BLOCK) {
        let scale = block.iter().fold(0f32, |top, value| top.max(value.abs())) / most;
        if scale > 0.0 {
            block.iter_mut().for_each(|value| *value = (*value / scale).round() * scale);
        }
    }
    values
}

fn noised(matrix: &Matrix, share: f64, rng: &mut ChaCha12Rng) -> Vec<f32> {
    let values = matrix.to_f32();
    let square: f64 = values.iter().map(|value| f64::from(*value) * f64::from(*value)).sum();
    let deviation = (square / values.len() as f64).sqrt() * share;
    values.into_iter().map(|value| (f64::from(value) + deviation * gaussian(rng)) as f32).collect()
}

/// A normal deviate, after Box and Muller.
pub(super) fn gaussian(rng: &mut ChaCha12Rng) -> f64 {
    let mut uniform = || (f64::from(rng.next_u32()) + 0.5) / 4_294_967_296.0;
    let radius = (-2.0 * libm::log(uniform())).sqrt();
    radius * libm::cos(2.0 * std::f64::consts::PI * uniform())
}

/// How a worker samples, whatever it was asked.
#[derive(Clone, Copy)]
pub(super) struct Sampling<'a> {
    pub(super) decoding: &'a Decoding,
    pub(super) seed: H256,
    pub(super) bias: &'a [TokenBias],
    pub(super) factors: &'a [f32],
}

/// Output tokens, and the hidden states behind them.
pub(super) struct Served {
    pub(super) tokens: Vec<u32>,
    pub(super) hidden: Vec<f32>,
}

/// A worker.
pub(super) struct Worker {
    config: ModelConfig,
    decoder: Box<dyn Decoder>,
}

impl Worker {
    pub(super) fn new(model: Model, profile: ProfileKind) -> anyhow::Result<Self> {
        let LoadedModel { config, weights, .. } = model.load()?;
        let decoder: Box<dyn Decoder> = match profile {
            ProfileKind::Replay => Box::new(ReplayDecoder::new(config.clone(), weights, Isa::best())),
            ProfileKind::Fast => Box::new(FastDecoder::new(&config, &weights, &Device::Cpu)?),
        };
        Ok(Self { config, decoder })
    }

    /// Reads a prompt `chunk` tokens at a time and writes `tokens` tokens, the first of them with the noise of `position`.
    pub(super) fn serve(
        &self,
        prompt: &[u32],
        position: usize,
        sampling: &Sampling<'_>,
        chunk: usize,
        tokens: usize,
    ) -> Result<Served> {
        let width = self.config.hidden_size;
        let mut state = self.decoder.state(prompt.len() + tokens)?;
        let mut sequence = prompt.to_vec();
        let (mut last, mut hidden) = (Vec::new(), Vec::with_capacity(tokens * width));
        for chunk in prompt.chunks(chunk) {
            last = self.decoder.forward(chunk, &mut state)?;
        }
        for place in 0..tokens {
            last.drain(..last.len() - width);
            hidden.extend_from_slice(&last);
            let mut logits = self.decoder.logits(&last)?;
            let context = Context {
                decoding: sampling.decoding,
                seed: &sampling.seed,
                position: position + place,
                bias: sampling.bias,
                present: &sequence,
                factors: sampling.factors,
                allowed: &[],
            };
            let token = sample(&mut logits, &context)?;
            sequence.push(token);
            last = self.decoder.forward(&[token], &mut state)?;
        }
        Ok(Served { tokens: sequence.split_off(prompt.len()), hidden })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::weights::Storage;
    use crate::{fingerprint, Cancel, CandleEngine, Engine, EngineOptions, Request};
    use std::ops::ControlFlow;

    #[test]
    fn worker_should_do_what_the_engine_does_when_it_is_honest() {
        let prompt: Vec<u32> = (60..90).collect();
        let decoding = Decoding { temperature_milli: 1000, repetition_penalty_milli: 1200, ..Decoding::greedy(40) };
        let seed = H256::repeat_byte(3);
        let worker = Worker::new(Model::True, ProfileKind::Replay).unwrap();
        let sampling = Sampling { decoding: &decoding, seed, bias: &[], factors: &[] };
        let served = worker.serve(&prompt, prompt.len(), &sampling, 7, 40).unwrap();
        let engine = CandleEngine::from_model(Model::True.load().unwrap(), &EngineOptions::default()).unwrap();
        let request = Request::new(&prompt, &decoding, seed);
        let run = engine.generate(&request, &Cancel::default(), &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(served.tokens, run.tokens);
        assert_eq!(fingerprint::fingerprints(&served.hidden, engine.config().hidden_size), run.trace.fingerprints);
    }

    #[test]
    fn quantised_weights_should_lie_on_their_grid_and_near() {
        let values: Vec<f32> = (0..64).map(|i| ((i * 37) % 64) as f32 / 32.0 - 1.0).collect();
        let matrix = Matrix::new("m", 2, 32, Storage::F32(values.clone())).unwrap();
        for bits in [4, 8] {
            let most = ((1 << (bits - 1)) - 1) as f32;
            for (block, before) in quantised(&matrix, bits).chunks(32).zip(values.chunks(32)) {
                let scale = before.iter().fold(0f32, |top, v| top.max(v.abs())) / most;
                for (value, before) in block.iter().zip(before) {
                    assert!((value / scale - (value / scale).round()).abs() < 1e-3, "{value} of {scale}");
                    assert!((value - before).abs() <= scale * 0.501, "{before} became {value}");
                }
            }
        }
    }

    #[test]
    fn rounding_should_keep_eight_bits_of_the_mantissa() {
        for value in [1.0f32, -0.3, 1e-20, 123_456.7] {
            let rounded = to_bf16(value);
            assert_eq!(rounded.to_bits() & 0xffff, 0);
            assert!((rounded - value).abs() <= value.abs() / 256.0);
        }
        assert_eq!(to_bf16(1.0 + 1.0 / 256.0), 1.0, "ties go to even");
    }
}
