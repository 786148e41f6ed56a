//! What is learnt, that it is learnt again from the same seed, and that the core computes the same.

use candle_core::{Device, Tensor};
use homebody::Factors;
use homebody::update::{Network, event_features};
use safetensors::{Dtype, serialize, tensor::TensorView};

use super::*;

/// Odd sizes, so that tails are there to be summed.
const DIM: usize = 6;
const ITEMS: usize = 9;

fn settings(cell: Cell) -> Settings {
    Settings { cell, hidden: 7, epochs: 20, batch: 10, rate: 0.03, dropout: 0.1, seed: 3, ..Settings::default() }
}

/// Item, kind and milliseconds since the one before; some of each that is possible.
fn events() -> Vec<(u32, Kind, i64)> {
    let elapsed = [0, 40_000, 3_600_000, 86_400_000, 40 * 86_400_000];
    (0..30).map(|n| ((n * n + 3 * n) as u32 % 9, Kind::ALL[n % Kind::ALL.len()], elapsed[n % 5])).collect()
}

/// Items that follow each other in a circle.
fn circles() -> Vec<Vec<Event>> {
    let kind = |n: u32| if n.is_multiple_of(2) { Kind::View } else { Kind::Cart };
    let event = |n: u32| Event { item: n % ITEMS as u32, kind: kind(n), at: Millis(i64::from(n) * 60_000) };
    (0..150).map(|start| (start..start + 5).map(event).collect()).collect()
}

/// Factors as a bundle has them.
fn factors() -> (Vec<u8>, Vec<f32>) {
    let mut random = Random::new(5);
    ((0..ITEMS * DIM).map(|_| random.next() as u8).collect(), (0..DIM).map(|_| 0.005 + 0.01 * random.unit()).collect())
}

fn vectors() -> Vec<f32> {
    let (table, scale) = factors();
    table.iter().enumerate().map(|(at, value)| f32::from(value.cast_signed()) * scale[at % DIM]).collect()
}

fn learn(settings: &Settings) -> (Weights, Vec<f64>) {
    let mut losses = Vec::new();
    let items = Items { dim: DIM, vectors: &vectors(), bias: &[0.0; ITEMS] };
    (train(&circles(), &items, settings, |_, _, held| losses.push(held)).unwrap(), losses)
}

#[test]
fn foretells_what_follows() {
    for cell in [Cell::Gru, Cell::Mlp] {
        let (_, losses) = learn(&settings(cell));
        let least = losses.iter().copied().fold(f64::INFINITY, f64::min);
        // Knowing nothing costs ln 5 to ln 8, by how many items are left.
        assert!(losses[0] > 1.5 && least < 0.3, "{cell:?}: {losses:?}");
    }
}

#[test]
fn equal_seeds_give_equal_weights() {
    let short = Settings { epochs: 2, ..settings(Cell::Gru) };
    let one = learn(&short).0;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    assert_eq!(one, pool.install(|| learn(&short)).0);
    // The control: another seed does not.
    assert_ne!(one, learn(&Settings { seed: 4, ..short }).0);
}

#[test]
fn a_few_sequences_are_enough() {
    let items = Items { dim: DIM, vectors: &vectors(), bias: &[0.0; ITEMS] };
    let few = &circles()[..2];
    let mut losses = Vec::new();
    train(few, &items, &settings(Cell::Gru), |_, train, _| losses.push(train)).unwrap();
    assert!(losses.len() == 20 && losses[19] < losses[0], "{losses:?}");
}

#[test]
fn only_what_is_new_is_foretold_and_only_by_what_is_not_had() {
    let event = |item, kind| Event { item, kind, at: Millis(0) };
    let views: Vec<Event> = [4, 1, 4, 2].map(|item| event(item, Kind::View)).into();
    let refunded = vec![event(3, Kind::View), event(5, Kind::Refund)];
    let batch = |repeats| {
        let settings = Settings { repeats, ..settings(Cell::Gru) };
        Order::plain(&[&views, &refunded], &settings).batches().next().unwrap()
    };
    let new = batch(false);
    // Two rows side by side: step 0 of the views is at 0, step 1 at 2, step 2 at 4.
    assert_eq!((new.rows, new.steps, new.items.clone()), (2, 3, vec![4, 3, 1, 5, 4, 0]));
    assert_eq!((new.places.clone(), new.targets.clone()), (vec![0, 4], vec![1, 2]));
    assert_eq!(new.had, [vec![4], vec![1, 4]]);
    let all = batch(true);
    assert_eq!((all.targets, all.had), (vec![1, 4, 2], vec![vec![]; 3]));
}

#[test]
fn the_closed_form_is_candles_own_gradient() {
    let items = Items { dim: DIM, vectors: &vectors(), bias: &[-0.3; ITEMS] };
    let softmax = Softmax::new(&items).unwrap();
    let mut random = Random::new(8);
    let values: Vec<f32> = (0..2 * DIM).map(|_| random.unit() - 0.5).collect();
    let queries = candle_core::Var::from_vec(values, (2, DIM), &Device::Cpu).unwrap();
    let popularity = candle_core::Var::from_vec(vec![0.7f32], 1, &Device::Cpu).unwrap();
    let gradient = |loss: &Tensor| -> Vec<f32> {
        loss.backward().unwrap().get(&queries).unwrap().flatten_all().unwrap().to_vec1().unwrap()
    };
    let targets = Tensor::new(&[3u32, 5], &Device::Cpu).unwrap();
    let logits = queries.matmul(&softmax.table.t().unwrap()).unwrap();
    let theirs = candle_nn::loss::cross_entropy(&logits, &targets).unwrap();

    let batch = |targets: Vec<u32>| Batch { targets, had: vec![Vec::new(); 2], ..Batch::default() };
    let ours = softmax.step(&queries, &batch(vec![3, 5]), &popularity).unwrap();
    assert!((ours.mean() - f64::from(theirs.to_scalar::<f32>().unwrap())).abs() < 1e-5);
    let theirs = gradient(&theirs);
    let apart = |step: &Step| {
        let ours = gradient(step.surrogate.as_ref().unwrap());
        ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
    };
    assert!(apart(&ours) < 1e-6, "{}", apart(&ours));
    // The control: another target has another gradient.
    assert!(apart(&softmax.step(&queries, &batch(vec![3, 4]), &popularity).unwrap()) > 1e-3);
}

/// The weights as they are after rounding, in candle.
fn restored(weights: &Weights, settings: &Settings) -> Model {
    let part = |name: &str| weights.tensors.iter().find(|part| part.name == format!("neural.{name}")).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        part(name).data.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    };
    let matrix = |name: &str| {
        let (part, scale) = (part(name), floats(&format!("{name}.scale")));
        let values = part.data.iter().enumerate();
        let values = values.map(|(at, value)| f32::from(value.cast_signed()) * scale[at / part.shape[1]]).collect();
        Tensor::from_vec::<_, f32>(values, part.shape.as_slice(), &Device::Cpu).unwrap()
    };
    let bias = |name: &str| Tensor::new(floats(name), &Device::Cpu).unwrap();
    let model = Model::new(settings, DIM, &mut Random::new(1)).unwrap();
    let set = |var: &candle_core::Var, value: Tensor| var.set(&value).unwrap();
    set(&model.item, matrix("item"));
    set(&model.event, matrix("event"));
    set(&model.state, matrix("state"));
    set(&model.query, matrix("query"));
    set(&model.last, matrix("last"));
    if let Some(candidate) = &model.candidate {
        set(candidate, matrix("candidate"));
    }
    set(&model.bias, bias("bias"));
    set(&model.candidate_bias, bias("candidate.bias"));
    set(&model.query_bias, bias("query.bias"));
    model
}

/// The queries after each of the events, by candle.
fn by_candle(weights: &Weights, settings: &Settings) -> Vec<f32> {
    let events = events();
    let batch = Batch {
        rows: 1,
        steps: events.len(),
        items: events.iter().map(|event| event.0).collect(),
        events: events.iter().flat_map(|(_, kind, elapsed)| event_features(*kind, Millis(*elapsed))).collect(),
        places: (0..events.len() as u32).collect(),
        ..Batch::default()
    };
    let table = Tensor::from_vec(vectors(), (ITEMS, DIM), &Device::Cpu).unwrap();
    let softmax = Softmax { table, unit: 1.0, bias: vec![0.0; ITEMS] };
    let queries = restored(weights, settings).queries(&batch, &softmax, None).unwrap();
    queries.flatten_all().unwrap().to_vec1().unwrap()
}

/// The same by the library that the browser has.
fn by_the_core(bundle: &[u8]) -> Vec<f32> {
    let factors = Factors::read(bundle).unwrap();
    let network = Network::read(&bundle, &factors).unwrap().unwrap();
    let (mut state, mut query, mut all) = (network.state(), vec![0.0; DIM], Vec::new());
    for (item, kind, elapsed) in events() {
        network.step(&mut state, item, kind, Millis(elapsed), &factors);
        network.query(&state, &mut query);
        all.extend_from_slice(&query);
    }
    all
}

/// A bundle of the nine items, the network, and more tensors of F32.
fn bundle(weights: &Weights, more: &[(&str, Vec<usize>, Vec<f32>)]) -> Vec<u8> {
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let (table, scale) = factors();
    let offsets = (0..=ITEMS as u32).flat_map(u32::to_le_bytes).collect();
    let mut tensors = vec![
        ("ids", Dtype::U8, vec![ITEMS], b"abcdefghi".to_vec()),
        ("ids.offsets", Dtype::U32, vec![ITEMS + 1], offsets),
        ("factors", Dtype::I8, vec![ITEMS, DIM], table),
        ("factors.scale", Dtype::F32, vec![DIM], bytes(&scale)),
    ];
    tensors.extend(weights.tensors.iter().map(|p| (p.name.as_str(), p.dtype, p.shape.clone(), p.data.clone())));
    tensors.extend(more.iter().map(|(name, shape, values)| (*name, Dtype::F32, shape.clone(), bytes(values))));
    let views = tensors.iter().map(|(name, dtype, shape, data)| {
        (*name, TensorView::new(*dtype, shape.clone(), data).expect("shapes fit their data"))
    });
    let metadata = [("homebody.neural".to_owned(), weights.cell.name().to_owned())].into();
    serialize(views, Some(metadata)).unwrap()
}

#[test]
fn the_core_computes_what_candle_does() {
    for cell in [Cell::Gru, Cell::Mlp] {
        let settings = settings(cell);
        let weights = learn(&settings).0;
        let candle = by_candle(&weights, &settings);
        let native = by_the_core(&bundle(&weights, &[]));
        let apart = |a: &[f32]| a.iter().zip(&candle).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart(&native) < 1e-5, "{cell:?}: {}", apart(&native));
        // The control: one weight of the state is another.
        let mut wrong = weights.clone();
        let state = wrong.tensors.iter_mut().find(|part| part.name == "neural.state").unwrap();
        state.data[3] = state.data[3].wrapping_add(9);
        assert!(apart(&by_the_core(&bundle(&wrong, &[]))) > 1e-4);

        if std::env::var("HOMEBODY_GOLDEN").is_ok_and(|wish| wish == "write") {
            let rows =
                events().into_iter().flat_map(|(item, kind, elapsed)| [item as f32, kind as u8 as f32, elapsed as f32]);
            let more = [
                ("golden.events", vec![events().len(), 3], rows.collect()),
                ("golden.candle", vec![events().len(), DIM], candle.clone()),
                ("golden.native", vec![events().len(), DIM], native),
            ];
            let path = format!("{}/../tests/golden/neural-{}.safetensors", env!("CARGO_MANIFEST_DIR"), cell.name());
            std::fs::write(path, bundle(&weights, &more)).unwrap();
        }
    }
}
