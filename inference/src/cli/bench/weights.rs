//! Models with other numbers in their matrices.

use crate::model::source::LoadedModel;
use crate::model::weights::{Matrix, Storage, Weights};

/// The same model with every matrix, embedding and head included, replaced by what `change` makes of it.
pub(super) fn mapped(
    mut model: LoadedModel,
    mut change: impl FnMut(&Matrix) -> Vec<f32>,
) -> anyhow::Result<LoadedModel> {
    let Weights { embedding, layers, head, .. } = &mut model.weights;
    let of_layers = layers.iter_mut().flat_map(|l| {
        let projections = [&mut l.query, &mut l.key, &mut l.value, &mut l.output].map(|p| &mut p.weight);
        projections.into_iter().chain([&mut l.gate, &mut l.up, &mut l.down])
    });
    for matrix in of_layers.chain([embedding]).chain(head) {
        *matrix = Matrix::new("changed", matrix.rows(), matrix.cols(), Storage::F32(change(matrix)))?;
    }
    Ok(model)
}

/// The same numbers, four bytes each.
pub(super) fn widened(model: LoadedModel) -> anyhow::Result<LoadedModel> {
    mapped(model, Matrix::to_f32)
}
