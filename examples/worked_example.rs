//! The formula f, step by step on three numbers: `cargo run --example worked_example`.
//!
//! Given are a profile x, what happened y and the profile that it should become x′. Chosen here are
//! the update, one linear layer `x′ = h(x, y) = x + W·y`, and its weights: of all W that reach x′ the
//! smallest one, `W = (x′ − x)·yᵀ / |y|²`. The loss reads x′ as three probabilities and y as three
//! labels: `L = −Σ yᵢ·ln x′ᵢ + (1 − yᵢ)·ln(1 − x′ᵢ)`. `docs/worked-example.md` does it by hand.

type Vector = [f64; 3];
type Matrix = [Vector; 3];

/// Given.
const X: Vector = [1.0, 0.5, 0.3];
/// Given.
const Y: Vector = [1.0, 0.0, 1.0];
/// Given: what h(x, y) is to be.
const AIM: Vector = [0.8, 0.3, 0.6];
/// Chosen: small enough that x′ stays within 0 and 1.
const RATE: f64 = 0.02;

fn main() {
    let weights = smallest(X, Y, AIM);
    let updated = h(weights, X, Y);
    let gradient = gradient(weights, X, Y);
    let stepped = step(weights, gradient);
    println!("x  = {X:.2?}, y = {Y:.2?}");
    println!("W  = {:.2?}", plain(weights));
    println!("x' = x + W·y = {updated:.2?}");
    println!("L  = {:.4}", loss(updated, Y));
    println!("dL/dx' = {:.4?}", by_output(updated, Y));
    println!("dL/dW  = {:.4?}", plain(gradient));
    println!("by finite differences: the largest deviation is {:.0e}", deviation(weights, gradient));
    println!("after one step W − {RATE}·dL/dW:");
    println!("W  = {:.4?}", plain(stepped));
    println!("x' = {:.4?}", h(stepped, X, Y));
    println!("L  = {:.4}", loss(h(stepped, X, Y), Y));
}

/// x + W·y.
fn h(weights: Matrix, x: Vector, y: Vector) -> Vector {
    std::array::from_fn(|i| x[i] + (0..3).map(|j| weights[i][j] * y[j]).sum::<f64>())
}

/// The W of least norm with `x + W·y = aim`.
fn smallest(x: Vector, y: Vector, aim: Vector) -> Matrix {
    let square: f64 = y.iter().map(|y| y * y).sum();
    std::array::from_fn(|i| std::array::from_fn(|j| (aim[i] - x[i]) * y[j] / square))
}

/// Cross-entropy of three labels, in nats.
fn loss(probabilities: Vector, labels: Vector) -> f64 {
    let one = |(p, y): (f64, f64)| -(y * libm::log(p) + (1.0 - y) * libm::log(1.0 - p));
    probabilities.into_iter().zip(labels).map(one).sum()
}

/// dL/dx′ᵢ = (x′ᵢ − yᵢ) / (x′ᵢ·(1 − x′ᵢ)).
fn by_output(probabilities: Vector, labels: Vector) -> Vector {
    std::array::from_fn(|i| (probabilities[i] - labels[i]) / (probabilities[i] * (1.0 - probabilities[i])))
}

/// Back-propagation through one layer: dL/dW = dL/dx′ · yᵀ.
fn gradient(weights: Matrix, x: Vector, y: Vector) -> Matrix {
    let by_output = by_output(h(weights, x, y), y);
    by_output.map(|slope| y.map(|y| slope * y))
}

fn step(weights: Matrix, gradient: Matrix) -> Matrix {
    std::array::from_fn(|i| std::array::from_fn(|j| weights[i][j] - RATE * gradient[i][j]))
}

/// For print: 0 instead of −0.
fn plain(matrix: Matrix) -> Matrix {
    matrix.map(|row| row.map(|value| value + 0.0))
}

/// The largest difference between a gradient and `(L(W + ε) − L(W − ε)) / 2ε`, weight by weight.
fn deviation(weights: Matrix, gradient: Matrix) -> f64 {
    const STEP: f64 = 1e-6;
    let moved = |i: usize, j: usize, by: f64| {
        let mut weights = weights;
        weights[i][j] += by;
        loss(h(weights, X, Y), Y)
    };
    let one = |i: usize, j: usize| ((moved(i, j, STEP) - moved(i, j, -STEP)) / (2.0 * STEP) - gradient[i][j]).abs();
    (0..9).map(|place| one(place / 3, place % 3)).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: &[f64], b: &[f64], tolerance: f64) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < tolerance)
    }

    #[test]
    fn the_given_profile_is_reached() {
        let weights = smallest(X, Y, AIM);
        assert!(close(&h(weights, X, Y), &AIM, 1e-12));
        assert!(close(weights.as_flattened(), &[-0.1, 0.0, -0.1, -0.1, 0.0, -0.1, 0.15, 0.0, 0.15], 1e-12));
        // −ln 0.8 − ln 0.7 − ln 0.6, by hand.
        assert!(close(&[loss(AIM, Y)], &[1.090_644], 1e-6));
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let weights = smallest(X, Y, AIM);
        let right = gradient(weights, X, Y);
        assert!(deviation(weights, right) < 1e-8);
        // The control: without yᵀ the weights of what did not happen would move, too.
        let wrong = by_output(AIM, Y).map(|slope| [slope; 3]);
        assert!(deviation(weights, wrong) > 1.0);
    }

    #[test]
    fn a_step_lowers_the_loss_and_one_uphill_raises_it() {
        let weights = smallest(X, Y, AIM);
        let slope = gradient(weights, X, Y);
        assert!(close(&h(step(weights, slope), X, Y), &[0.85, 0.242_857, 0.666_667], 1e-6));
        assert!(loss(h(step(weights, slope), X, Y), Y) < loss(AIM, Y));
        let uphill = slope.map(|row| row.map(|value| -value));
        assert!(loss(h(step(weights, uphill), X, Y), Y) > loss(AIM, Y));
    }
}
