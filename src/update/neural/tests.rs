//! The forward pass against the training library, in any mood, and to the bit.
//!
//! The files in `tests/golden/` hold a network, a sequence of events, the queries that candle computed
//! from the same weights, and those that this code computed natively. They are made anew by
//! `HOMEBODY_GOLDEN=write cargo test -p homebody-cli train::neural`.

use super::*;
use crate::testing::test;
use proptest::prelude::*;

const GRU: &[u8] = include_bytes!("../../../tests/golden/neural-gru.safetensors");
const MLP: &[u8] = include_bytes!("../../../tests/golden/neural-mlp.safetensors");

struct Golden {
    factors: Factors,
    network: Network,
    events: Vec<(u32, Kind, Millis)>,
    candle: Vec<f32>,
    native: Vec<f32>,
}

impl Golden {
    fn read(bundle: &[u8]) -> Self {
        let factors = Factors::read(bundle).unwrap();
        let network = Network::read(&bundle, &factors).unwrap().expect("the file has a network");
        let file = File::open(&bundle).unwrap();
        let [count, _] = file.sides("golden.events").unwrap();
        let floats = |name, len| file.floats(name, len, -1e12..=1e12).unwrap().unwrap();
        let event = |row: &[f32; 3]| (row[0] as u32, Kind::ALL[row[1] as usize], Millis(row[2] as i64));
        let events = floats("golden.events", 3 * count).as_chunks::<3>().0.iter().map(event).collect();
        let candle = floats("golden.candle", count * factors.dim());
        let native = floats("golden.native", count * factors.dim());
        Self { factors, network, events, candle, native }
    }

    /// The query after each event, one behind the other.
    fn queries(&self) -> Vec<f32> {
        let (mut state, mut query) = (self.network.state(), vec![0.0; self.factors.dim()]);
        let mut all = Vec::new();
        for (item, kind, elapsed) in &self.events {
            self.network.step(&mut state, *item, *kind, *elapsed, &self.factors);
            self.network.query(&state, &mut query);
            all.extend_from_slice(&query);
        }
        all
    }
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn agrees_with_the_library_that_trained_it() {
    for bundle in [GRU, MLP] {
        let mut golden = Golden::read(bundle);
        assert!(golden.events.len() > 20);
        assert!(largest_difference(&golden.queries(), &golden.candle) < 1e-5);
        // The control: one weight of the state is off by a hundredth.
        golden.network.matrices[2].values[3] += 0.01;
        assert!(largest_difference(&golden.queries(), &golden.candle) > 1e-5);
    }
}

#[test]
fn gives_the_same_bits_natively_and_in_wasm() {
    for bundle in [GRU, MLP] {
        let golden = Golden::read(bundle);
        assert_eq!(bits(&golden.queries()), bits(&golden.native));
        // The control: candle adds in another order.
        assert_ne!(bits(&golden.candle), bits(&golden.native));
    }
}

#[test]
fn a_neutral_state_asks_with_the_bias_alone() {
    let golden = Golden::read(GRU);
    let mut query = vec![0.0; golden.factors.dim()];
    golden.network.query(&golden.network.state(), &mut query);
    assert_eq!(query, golden.network.biases[1]);
}

#[test]
fn a_bundle_without_a_network_has_none() {
    let bundle = crate::fixture::bundle();
    assert_eq!(Network::read(&bundle.as_slice(), &Factors::read(&bundle).unwrap()), Ok(None));
}

#[test]
fn a_network_of_another_shape_is_refused() {
    let refused = |from: &str, to: &str| {
        // The header's text is changed in place, so that all offsets stay.
        let mut bundle = GRU.to_vec();
        let at = bundle.windows(from.len()).position(|window| window == from.as_bytes()).expect(from);
        bundle[at..at + to.len()].copy_from_slice(to.as_bytes());
        let factors = Factors::read(&bundle).unwrap();
        Network::read(&bundle.as_slice(), &factors).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused("\"gru\"", "\"xyz\"").contains("neither gru nor mlp"));
    assert!(refused("\"gru\"", "\"mlp\"").contains("neural.candidate"));
    assert!(refused("neural.item\"", "neural.itex\"").contains("neural.item"));
    assert!(refused("neural.query.scale", "neural.query.scalx").contains("neural.query.scale"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_sequence_from_any_state_stays_finite_and_bounded(
        start in proptest::collection::vec(any::<f32>(), 0..40),
        steps in proptest::collection::vec((any::<u32>(), 0..Kind::ALL.len(), any::<i64>()), 1..60),
    ) {
        for bundle in [GRU, MLP] {
            let Golden { factors, network, .. } = Golden::read(bundle);
            let (mut state, mut query) = (start.clone(), vec![0.0; factors.dim()]);
            for (item, kind, elapsed) in &steps {
                let item = item % factors.len() as u32;
                network.step(&mut state, item, Kind::ALL[*kind], Millis(*elapsed), &factors);
                network.query(&state, &mut query);
                prop_assert!(state[..network.state].iter().all(|value| value.abs() <= 1.0));
                prop_assert!(query.iter().all(|value| value.is_finite()));
            }
        }
    }
}
