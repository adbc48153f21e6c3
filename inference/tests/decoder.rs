//! Both decoders against the f64 reference, for every family; files written and read back.

use crate::common::{engine, gguf, reference, small_config, write_model, Tensors};
use hanzo_inference::kernels::Isa;
use hanzo_inference::model::config::{Family, ModelConfig, RopeScaling};
use hanzo_inference::model::decoder::{Decoder, ReplayDecoder};
use hanzo_inference::model::fast::FastDecoder;
use hanzo_inference::model::source::ModelSource;
use hanzo_inference::model::weights::Weights;
use hanzo_inference::{Cancel, Engine, ProfileKind};
use std::ops::ControlFlow;

const FAMILIES: [Family; 3] = [Family::Llama, Family::Qwen2, Family::Qwen3];
const TOKENS: [u32; 11] = [5, 299, 0, 17, 17, 101, 3, 250, 42, 8, 77];

fn decoders(config: &ModelConfig, tensors: &mut Tensors) -> Vec<Box<dyn Decoder>> {
    let weights = Weights::load(config, tensors).unwrap();
    let fast = FastDecoder::new(config, &weights, &candle_core::Device::Cpu).unwrap();
    vec![Box::new(ReplayDecoder::new(config.clone(), weights, Isa::best())), Box::new(fast)]
}

fn all_logits(decoder: &dyn Decoder, tokens: &[u32], chunk: usize) -> Vec<f32> {
    let mut state = decoder.state(tokens.len()).unwrap();
    let hidden: Vec<f32> = tokens.chunks(chunk).flat_map(|c| decoder.forward(c, &mut state).unwrap()).collect();
    decoder.logits(&hidden).unwrap()
}

fn check(config: &ModelConfig, tensors: &mut Tensors) {
    let exact = reference::logits(config, tensors, &TOKENS);
    for (which, decoder) in decoders(config, tensors).iter().enumerate() {
        for chunk in [1, 3, TOKENS.len()] {
            let got = all_logits(decoder.as_ref(), &TOKENS, chunk);
            let worst =
                got.iter().zip(exact.iter().flatten()).map(|(a, b)| (f64::from(*a) - b).abs()).fold(0.0, f64::max);
            assert!(worst < 2e-4, "decoder {which} of {:?}, chunk {chunk}: off by {worst}", config.family);
        }
    }
}

#[test]
fn decoders_should_match_the_reference_for_every_family() {
    for family in FAMILIES {
        let config = small_config(family);
        check(&config, &mut Tensors::of(&config, 1));
    }
}

#[test]
fn decoders_should_match_the_reference_when_biased_untied_or_without_groups() {
    let base = small_config(Family::Llama);
    let biased = ModelConfig { qkv_bias: true, output_bias: true, tied_head: true, ..base.clone() };
    let plain = ModelConfig { kv_heads: 4, layers: 1, rope_theta: 1e6, ..base.clone() };
    let single = ModelConfig { heads: 3, kv_heads: 1, head_dim: 2, ..base };
    for config in [biased, plain, single] {
        check(&config, &mut Tensors::of(&config, 2));
    }
}

#[test]
fn rope_should_stretch_as_each_scaling_says() {
    use hanzo_inference::kernels::Rope;
    let base =
        ModelConfig { head_dim: 64, rope_theta: 500_000.0, max_positions: 131_072, ..small_config(Family::Llama) };
    let angle = |scaling, i: usize| {
        let rotation = Rope::new(&ModelConfig { rope_scaling: scaling, ..base.clone() }, None).at(1);
        f64::from(rotation.sin[i]).atan2(f64::from(rotation.cos[i]))
    };
    let plain = |i: usize| 500_000f64.powf(-(i as f64) / 32.0);
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-6 * b + 1e-12, "{a} for {b}");
    for i in [0, 5, 16, 31] {
        near(angle(RopeScaling::None, i), plain(i));
        near(angle(RopeScaling::Linear { factor: 4.0 }, i), plain(i) / 4.0);
    }
    let llama = RopeScaling::Llama3 { factor: 8.0, low_freq_factor: 1.0, high_freq_factor: 4.0, original: 8192 };
    near(angle(llama, 0), plain(0));
    near(angle(llama, 31), plain(31) / 8.0);
    let middle = (12..22).map(|i| angle(llama, i) / plain(i)).collect::<Vec<_>>();
    assert!(middle.windows(2).all(|pair| pair[1] <= pair[0] + 1e-6), "{middle:?}");
    let yarn =
        RopeScaling::Yarn { factor: 4.0, beta_fast: 32.0, beta_slow: 1.0, attention_factor: None, original: 32_768 };
    near(angle(yarn, 0), plain(0));
    near(angle(yarn, 31), plain(31) / 4.0);
    let rotation = Rope::new(&ModelConfig { rope_scaling: yarn, ..base.clone() }, None).at(3);
    near(f64::from(rotation.cos[0]).hypot(f64::from(rotation.sin[0])), 0.1 * 4f64.ln() + 1.0);
}

/// Writes a GGUF file of the given element type with the tensors of a Hugging Face model.
fn write_gguf(
    path: &std::path::Path,
    config: &ModelConfig,
    tensors: &Tensors,
    dtype: candle_core::quantized::GgmlDType,
) {
    let mut metadata = gguf::shape(config);
    metadata.push(gguf::bytes_tokenizer());
    std::fs::write(path, gguf::write(config, tensors, dtype, &metadata)).unwrap();
}

fn run(source: &ModelSource) -> (Vec<u32>, sp_core::H256) {
    let engine = engine(source, ProfileKind::Replay, 1);
    let decoding = crate::common::sampled(8);
    let run = engine
        .generate(&crate::common::request(&TOKENS, &decoding), &Cancel::default(), &mut |_| ControlFlow::Continue(()))
        .unwrap();
    (run.tokens, run.trace.logits_digest())
}

#[test]
fn gguf_should_give_the_bits_of_the_safetensors_it_was_made_from() {
    use candle_core::quantized::GgmlDType;
    for family in FAMILIES {
        let config = small_config(family);
        let tensors = Tensors::of(&config, 3);
        let directory = tempfile::tempdir().unwrap();
        write_model(directory.path(), &crate::common::config_json(&config), &tensors);
        let gguf = directory.path().join("model.gguf");
        write_gguf(&gguf, &config, &tensors, GgmlDType::F32);
        let loaded = ModelSource::Path(gguf.clone()).load().unwrap();
        assert_eq!(loaded.config, config);
        assert_eq!(run(&ModelSource::Path(gguf)), run(&ModelSource::Path(directory.path().into())), "{family:?}");
    }
}

#[test]
fn gguf_should_load_when_quantised() {
    use candle_core::quantized::GgmlDType;
    let config = ModelConfig { hidden_size: 64, intermediate_size: 96, head_dim: 16, ..small_config(Family::Llama) };
    let tensors = Tensors::of(&config, 4);
    let directory = tempfile::tempdir().unwrap();
    for dtype in [GgmlDType::F16, GgmlDType::Q8_0] {
        let gguf = directory.path().join("model.gguf");
        write_gguf(&gguf, &config, &tensors, dtype);
        let model = ModelSource::Path(gguf).load().unwrap();
        let row = model.weights.layers[1].key.weight.row(5);
        let exact = &tensors.get("model.layers.1.self_attn.k_proj.weight")[5 * 64..6 * 64];
        let worst = row.iter().zip(exact).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 3e-3, "{dtype:?}: off by {worst}");
    }
}
