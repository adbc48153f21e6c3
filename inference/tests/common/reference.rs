//! The transformer written down once more, in f64, without cache, blocks or kernels: what the decoders are compared with.

use super::Tensors;
use hanzo_inference::model::config::{Family, ModelConfig};

type Row = Vec<f64>;

fn product(x: &Row, w: &[f32]) -> Row {
    w.chunks(x.len()).map(|row| row.iter().zip(x).map(|(w, x)| f64::from(*w) * x).sum()).collect()
}

fn norm(x: &[f64], weight: &[f32], epsilon: f64) -> Row {
    let mean = x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64;
    x.iter().zip(weight).map(|(v, w)| v / (mean + epsilon).sqrt() * f64::from(*w)).collect()
}

fn rotate(head: &mut [f64], position: usize, config: &ModelConfig) {
    let half = head.len() / 2;
    for i in 0..half {
        let angle = position as f64 * config.rope_theta.powf(-(i as f64) / half as f64);
        let (a, b) = (head[i], head[i + half]);
        head[i] = a * angle.cos() - b * angle.sin();
        head[i + half] = b * angle.cos() + a * angle.sin();
    }
}

/// Logits at every position.
pub fn logits(config: &ModelConfig, tensors: &Tensors, tokens: &[u32]) -> Vec<Row> {
    let (d, dim) = (config.hidden_size, config.head_dim);
    let epsilon = f64::from(config.rms_norm_eps);
    let embedding = tensors.get("model.embed_tokens.weight");
    let mut x: Vec<Row> =
        tokens.iter().map(|id| embedding[*id as usize * d..][..d].iter().map(|v| f64::from(*v)).collect()).collect();
    for layer in 0..config.layers {
        let get = |part: &str| tensors.get(&format!("model.layers.{layer}.{part}"));
        let project = |x: &Row, part: &str, biased: bool| {
            let mut y = product(x, get(&format!("self_attn.{part}.weight")));
            if biased {
                let bias = get(&format!("self_attn.{part}.bias"));
                y.iter_mut().zip(bias).for_each(|(y, b)| *y += f64::from(*b));
            }
            y
        };
        let heads = |x: &Row, part: &str, norm_name: &str, position: Option<usize>| -> Vec<Row> {
            let y = project(x, part, config.qkv_bias);
            y.chunks(dim)
                .map(|head| {
                    let mut head = head.to_vec();
                    if let Some(position) = position {
                        if config.family == Family::Qwen3 {
                            head = norm(&head, get(norm_name), epsilon);
                        }
                        rotate(&mut head, position, config);
                    }
                    head
                })
                .collect()
        };
        let normed: Vec<Row> = x.iter().map(|x| norm(x, get("input_layernorm.weight"), epsilon)).collect();
        let (mut keys, mut values): (Vec<Vec<Row>>, Vec<Vec<Row>>) = (vec![], vec![]);
        for position in 0..tokens.len() {
            keys.push(heads(&normed[position], "k_proj", "self_attn.k_norm.weight", Some(position)));
            values.push(heads(&normed[position], "v_proj", "", None));
            let queries = heads(&normed[position], "q_proj", "self_attn.q_norm.weight", Some(position));
            let mut mixed: Row = vec![];
            for (head, query) in queries.iter().enumerate() {
                let kv = head / (config.heads / config.kv_heads);
                let dot = |key: &Vec<Row>| query.iter().zip(&key[kv]).map(|(a, b)| a * b).sum::<f64>();
                let scores: Row = keys.iter().map(|key| (dot(key) / (dim as f64).sqrt()).exp()).collect();
                let sum: f64 = scores.iter().sum();
                let mix = |i: usize| scores.iter().zip(&values).map(|(s, v)| s / sum * v[kv][i]).sum::<f64>();
                mixed.extend((0..dim).map(mix));
            }
            let out = project(&mixed, "o_proj", config.output_bias);
            x[position].iter_mut().zip(out).for_each(|(x, y)| *x += y);
        }
        for x in &mut x {
            let normed = norm(x, get("post_attention_layernorm.weight"), epsilon);
            let gate = product(&normed, get("mlp.gate_proj.weight"));
            let up = product(&normed, get("mlp.up_proj.weight"));
            let inner = gate.iter().zip(up).map(|(g, u)| g / (1.0 + (-g).exp()) * u).collect();
            let out = product(&inner, get("mlp.down_proj.weight"));
            x.iter_mut().zip(out).for_each(|(x, y)| *x += y);
        }
    }
    let head = if config.tied_head { embedding } else { tensors.get("lm_head.weight") };
    x.iter().map(|x| product(&norm(x, tensors.get("model.norm.weight"), epsilon), head)).collect()
}
