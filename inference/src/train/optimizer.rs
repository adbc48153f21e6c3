//! AdamW on Candle variables, in plain f32 loops so that a run repeats to the bit.

use crate::error::Result;
use candle_core::backprop::GradStore;
use candle_core::{Tensor, Var};

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.95;
const EPSILON: f32 = 1e-8;
const DECAY: f32 = 0.05;
/// Gradients longer than this, all taken as one vector, are shortened to it.
const CLIP: f64 = 1.0;

/// First and second moments of every variable.
pub struct AdamW {
    moments: Vec<(Vec<f32>, Vec<f32>)>,
    steps: i32,
}

impl AdamW {
    /// Zero moments.
    pub fn new(variables: &[(String, Var)]) -> Result<Self> {
        let zeros = |v: &Var| vec![0.0; v.elem_count()];
        Ok(Self { moments: variables.iter().map(|(_, v)| (zeros(v), zeros(v))).collect(), steps: 0 })
    }

    /// One step. Variables without a gradient stay; weight decay applies to matrices.
    pub fn step(&mut self, variables: &[(String, Var)], gradients: &GradStore, learning_rate: f64) -> Result<()> {
        self.steps += 1;
        let flat = |v: &Var| -> Result<Option<Vec<f32>>> {
            Ok(gradients.get(v.as_tensor()).map(|g| g.flatten_all()?.to_vec1()).transpose()?)
        };
        let all = variables.iter().map(|(_, v)| flat(v)).collect::<Result<Vec<_>>>()?;
        let squares: f64 = all.iter().flatten().flatten().map(|g| f64::from(*g) * f64::from(*g)).sum();
        let shorten = (CLIP / squares.sqrt().max(CLIP)) as f32;
        let rate = learning_rate as f32;
        let correct = |beta: f32| 1.0 - beta.powi(self.steps);
        let (correct_1, correct_2) = (correct(BETA_1), correct(BETA_2));
        for (((_, variable), gradient), (first, second)) in variables.iter().zip(all).zip(&mut self.moments) {
            let Some(gradient) = gradient else { continue };
            let decay = if variable.rank() > 1 { rate * DECAY } else { 0.0 };
            let mut values: Vec<f32> = variable.flatten_all()?.to_vec1()?;
            for (((value, g), m), v) in values.iter_mut().zip(gradient).zip(first).zip(second) {
                let g = g * shorten;
                *m = BETA_1 * *m + (1.0 - BETA_1) * g;
                *v = BETA_2 * *v + (1.0 - BETA_2) * g * g;
                let step = (*m / correct_1) / ((*v / correct_2).sqrt() + EPSILON);
                *value -= rate * step + decay * *value;
            }
            variable.set(&Tensor::from_vec(values, variable.shape(), variable.device())?)?;
        }
        Ok(())
    }
}
