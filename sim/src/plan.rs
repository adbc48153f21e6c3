//! An adversary's choices as a vector of numbers, so that one search serves every adversary.

use crate::dice::Dice;

/// The choices of one run. An adversary asks for them in a fixed order; what the vector does not hold yet is random.
#[derive(Clone, Debug)]
pub struct Plan {
    genes: Vec<f64>,
    next: usize,
    dice: Dice,
}

impl Plan {
    /// All choices at random.
    pub fn random(dice: Dice) -> Self {
        Self { genes: Vec::new(), next: 0, dice }
    }

    /// The choices of another run, once more.
    pub fn again(&self) -> Self {
        Self { next: 0, ..self.clone() }
    }

    /// Those choices changed a little here and there: each with a chance of a third, and at least one.
    pub fn mutated(&self, dice: &mut Dice) -> Self {
        let mut genes = self.genes.clone();
        let sure = dice.below(genes.len().max(1));
        for (place, gene) in genes.iter_mut().enumerate() {
            if place == sure || dice.happens(1.0 / 3.0) {
                let moved = *gene + dice.between(-0.5, 0.5) * dice.unit();
                *gene = if dice.happens(0.1) { dice.unit() } else { moved.clamp(0.0, 1.0 - f64::EPSILON) };
            }
        }
        Self { genes, next: 0, dice: Dice::new(dice.roll(), 0) }
    }

    /// A number of [0, 1).
    pub fn unit(&mut self) -> f64 {
        if self.next == self.genes.len() {
            self.genes.push(self.dice.unit());
        }
        let gene = self.genes[self.next];
        self.next += 1;
        gene
    }

    /// A number between two others.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A number between two others, by orders of magnitude.
    pub fn log_between(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    /// A whole number from `low` to `high`.
    pub fn whole(&mut self, low: u32, high: u32) -> u32 {
        low + (self.unit() * f64::from(high - low + 1)) as u32
    }

    /// Yes or no.
    pub fn flag(&mut self) -> bool {
        self.unit() < 0.5
    }

    /// The choices made, for the record.
    pub fn genes(&self) -> &[f64] {
        &self.genes[..self.next]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plan_should_make_the_same_choices_when_it_is_taken_again() {
        let mut plan = Plan::random(Dice::new(3, 0));
        let first = [plan.unit(), plan.between(2.0, 3.0), f64::from(plan.whole(1, 6))];
        let mut again = plan.again();
        assert_eq!(first, [again.unit(), again.between(2.0, 3.0), f64::from(again.whole(1, 6))]);
    }

    #[test]
    fn mutation_should_change_something_and_stay_in_range() {
        let mut plan = Plan::random(Dice::new(5, 0));
        (0..8).for_each(|_| {
            plan.unit();
        });
        let mut dice = Dice::new(6, 0);
        for _ in 0..1_000 {
            let changed = plan.mutated(&mut dice);
            assert_ne!(changed.genes, plan.genes);
            assert!(changed.genes.iter().all(|gene| (0.0..1.0).contains(gene)));
        }
    }
}
