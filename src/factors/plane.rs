//! The map of the shop: a plane on which directions of the item space are drawn.

use super::Factors;

/// The mean of the items' directions, and two axes.
#[derive(Debug, Clone, Default)]
pub struct Plane(pub(super) Vec<f32>);

impl Factors {
    /// Where a direction lies on the map: axes · (v/|v| − mean). `None` for the zero vector, which has no
    /// direction, and where the bundle brings no plane.
    pub fn on_map(&self, vector: &[f32]) -> Option<[f32; 2]> {
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        if self.plane.0.is_empty() || length <= 0.0 {
            return None;
        }
        let (mean, axes) = self.plane.0.split_at(self.dim());
        let along = |axis: &[f32]| {
            let moved = vector.iter().zip(mean).map(|(value, mean)| value / length - mean);
            moved.zip(axis).map(|(value, axis)| value * axis).sum::<f32>()
        };
        let (first, second) = axes.split_at(self.dim());
        Some([along(first), along(second)])
    }

    /// The centre of each department that has one: the mean of its items' places.
    pub fn centres(&self) -> Vec<(u16, [f32; 2])> {
        let mut sums = vec![([0f64; 2], 0u32); self.departments.names.len()];
        let mut vector = vec![0.0; self.dim()];
        for item in 0..self.len() as u32 {
            self.space().write(item, &mut vector);
            if let (Some(department), Some(place)) = (self.department(item), self.on_map(&vector)) {
                let (sum, count) = &mut sums[usize::from(department)];
                sum.iter_mut().zip(place).for_each(|(sum, place)| *sum += f64::from(place));
                *count += 1;
            }
        }
        let mut centres = Vec::new();
        for (department, (sum, count)) in (0u16..).zip(&sums) {
            if *count > 0 {
                centres.push((department, sum.map(|sum| (sum / f64::from(*count)) as f32)));
            }
        }
        centres
    }
}

#[cfg(test)]
mod tests {
    use crate::factors::Factors;
    use crate::fixture;
    use crate::testing::{factors, test};

    #[test]
    fn a_direction_is_drawn_whatever_its_length() {
        let mut tensors = fixture::tensors();
        let plane = [0.1, 0.2, 0.3, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        tensors.push(("plane", "F32", &[3, 4], fixture::f32s(&plane)));
        let bundle = Factors::read(&fixture::safetensors(&tensors, &[("homebody.format", "1")])).unwrap();
        let at = bundle.on_map(&[3.0, 4.0, 0.0, 0.0]).unwrap();
        assert!((at[0] - 0.5).abs() < 1e-6 && (at[1] - 0.6).abs() < 1e-6, "{at:?}");
        assert_eq!(bundle.on_map(&[0.3, 0.4, 0.0, 0.0]), Some(at));
        assert_eq!(bundle.on_map(&[0.0; 4]), None, "who likes nothing yet stands nowhere");
        assert_eq!(bundle.centres().len(), 4);
        assert_eq!((factors().on_map(&[1.0; 4]), factors().centres().len()), (None, 0), "a bundle without a plane");
    }
}
