//! From a prepared table to a shop's bundle, step by step.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;

use super::als::Factors;
use super::asked::{Asked, Shelf};
use super::attributes::Attributes;
use super::checkpoint::Checkpoint;
use super::memory::{self, Sizes};
use super::neighbours::Lists;
use super::options::{Kind, Options, folder};
use super::prepared::Prepared;
use super::quantise::{FourBits, Quantised};
use super::shop::{Shop, known_items, metadata};
use super::tune::Tuned;
use super::{columns, gram, map, plane, run, temporal, trim};
use crate::blend::past::Past;
use crate::blend::{self, Learnt, Plan};
use crate::bundle::{self, Parts, Tensor};
use crate::content::Items;
use crate::error::{Error, Result};
use crate::table::Basket;

/// Learns, and builds the bundle; gives back the table, of the items that are in it.
pub fn train(
    options: &Options, data: &Path, prepared: Prepared, tuned: Option<&Tuned>, checkpoint: Option<&Path>,
) -> Result<(Shop, Prepared)> {
    if options.bits == 4 && options.model.dim % 2 == 1 {
        let message = format!(
            "--bits 4 packs two numbers into a byte: right for --dim {} would be an even one",
            options.model.dim
        );
        return Err(Error::request(message));
    }
    println!("memory: about {}", memory::words(sizes(options, &prepared).estimate()));
    let learner = options.learner(&prepared.matrix);
    let arguments =
        format!("{:?} {:?} {:?} {:?}", options.kind, options.model, options.descent, options.running.patience);
    let checkpoint = checkpoint.map(|path| Checkpoint::new(path.into(), prepared.fingerprint(&arguments)));
    let factors = run::run(&*learner, options.iterations(), &options.running, &prepared.held, checkpoint.as_ref())?;
    drop(learner);

    let kept = trim::trim(&prepared.vocabulary, &options.choice, &factors, &prepared.held)?;
    let factors = keep(factors, &kept);
    let prepared = prepared.keep(&kept);
    let quantised = Quantised::of(&factors.items, factors.dim);
    let mut evaluation = evaluation(&factors, &quantised, &prepared);

    let items = known_items(data, &prepared, options.new_items)?;
    let mut further = BTreeMap::new();
    if options.temporal {
        let (mut bias, gain) = temporal::bias_in_words(&prepared, options.choice.min_shoppers);
        let least = bias.iter().copied().fold(0.0, f32::min);
        bias.resize(items.len(), least);
        further.insert("bias".into(), Tensor::f32(&bias));
        evaluation.extend(gain.map(|[always, now]| ("temporal".into(), json!([round(always), round(now)]))));
    }
    if !options.columns.is_empty() {
        let path = folder(data).join("items.parquet");
        further.extend(columns::tensors(&path, &options.columns, &items)?);
    }
    let known = Items::of(&items)?;
    let mut popularity: Vec<f32> = prepared.vocabulary.orders.iter().map(|orders| *orders as f32).collect();
    popularity.resize(items.len(), 0.0);
    let mut parts = Parts {
        ids: known.ids.clone(),
        factors: Vec::new(),
        scale: Vec::new(),
        popularity,
        categories: known.categories.clone(),
        brands: known.brands.clone(),
        prices: known.prices.clone(),
        ratings: prepared.table.ratings.unwrap_or([1.0, 3.5, 5.0]),
        metadata: BTreeMap::new(),
    };
    let (tensors, explained, factors) = attributes(&parts, factors, options.model.seed);
    let quantised = if options.bits == 4 {
        let four = FourBits::of(&factors.items, factors.dim);
        let shape = vec![items.len(), factors.dim / 2];
        further.insert("factors".into(), Tensor::u8(&four.packed()).shaped(shape));
        further.insert("factors.scale".into(), Tensor::f32(&four.scale));
        Quantised::of(&four.restore(), factors.dim) // what the browser makes of it
    } else {
        Quantised::of(&factors.items, factors.dim)
    };
    let restored = quantised.restore();
    (parts.factors, parts.scale) = (quantised.values, quantised.scale);
    further.insert("gram".into(), Tensor::f32(&gram::upper(&restored, factors.dim)));
    if let Some(plane) = plane::plane(&restored, factors.dim) {
        further.insert("plane".into(), Tensor::f32(&plane).shaped(vec![3, factors.dim]));
    }
    if options.kind != Kind::Popularity {
        let known = known.with_views(&options.views(), options.model.seed);
        let (mixed, figures) = mix(options, &prepared, &known, &factors)?;
        further.extend(mixed);
        evaluation.extend(figures);
        further.extend(tensors);
        evaluation.extend(explained.map(|explained| ("attributes".into(), explained)));
    }
    parts.metadata = metadata(options, &prepared, tuned, &evaluation);
    parts.metadata.extend(options.sensitive.metadata(&parts.categories)?);
    if let Some(network) = options.network() {
        parts.metadata.insert("homebody.neural".into(), network.cell.name().into());
    }
    if let Some(path) = &options.from {
        let (version, tensor) = from(path, &prepared, &restored[..prepared.vocabulary.len() * factors.dim], options)?;
        further.insert("map".into(), tensor);
        parts.metadata.insert("homebody.map.from".into(), version);
    }
    let (version, bytes) = bundle::write_with(&parts, further)?;
    Ok((Shop::new(version, bytes, &items, &parts.categories), prepared))
}

fn sizes(options: &Options, prepared: &Prepared) -> Sizes {
    Sizes {
        lines: prepared.table.lines.len(),
        users: prepared.table.users.len(),
        items: prepared.vocabulary.len(),
        pairs: prepared.matrix.by_user.entries(),
        dim: options.model.dim.into(),
        neighbours: options.neighbours.into(),
        threads: rayon::current_num_threads(),
        copies: 1 + usize::from(options.running.patience.is_some()),
    }
}

fn keep(factors: Factors, kept: &[bool]) -> Factors {
    let rows = factors.items.chunks_exact(factors.dim).zip(kept).filter(|(_, kept)| **kept);
    Factors { items: rows.flat_map(|(row, _)| row).copied().collect(), ..factors }
}

fn round(x: f64) -> f64 {
    (x * 1e4).round() / 1e4
}

/// Says what rounding to 8 bits costs, and what is worth how much without a profile.
fn evaluation(factors: &Factors, quantised: &Quantised, prepared: &Prepared) -> BTreeMap<String, serde_json::Value> {
    let held = &prepared.held;
    if held.is_empty() {
        return BTreeMap::new();
    }
    let exact = held.factors(factors);
    let rounded = held.factors(&Factors { items: quantised.restore(), ..factors.clone() });
    let popularity = held.ranking(&vec![0.0; prepared.vocabulary.len()]);
    println!("{}: {exact:.4}; with factors in 8 bits {rounded:.4}; by popularity {popularity:.4}", held.name());
    let figures = [("f32", exact), ("int8", rounded), ("popularity", popularity)];
    let mut evaluation = BTreeMap::from([("measure".to_string(), json!(held.name()))]);
    evaluation.extend(figures.map(|(name, figure)| (name.to_string(), json!(round(figure)))));
    evaluation
}

type Figures = Vec<(String, serde_json::Value)>;

/// The learnt mix, with all that it reads: lists, repurchase, curves. Says what its lists alone are worth.
fn mix(
    options: &Options, prepared: &Prepared, items: &Items, factors: &Factors,
) -> Result<(BTreeMap<String, Tensor>, Figures)> {
    let visits = !options.choice.kinds.iter().any(|kind| kind == "purchase");
    let plan = Plan {
        most: options.neighbours.into(),
        min_users: options.choice.min_shoppers,
        neural: options.network(),
        ..Plan::usual(visits, options.model.settings())
    };
    let places = |basket: &Basket| Basket { items: prepared.vocabulary.places(basket), ..basket.clone() };
    let baskets: Vec<Basket> = prepared.baskets.iter().map(places).filter(|basket| !basket.items.is_empty()).collect();
    let histories = baskets.chunk_by(|a, b| a.user == b.user).collect();
    let past = Past { items: items.ids.len(), histories, visits };
    let learnt = Learnt::with(factors.clone(), &past, &items.categories.of, &plan);
    let mut figures = Figures::new();
    for ((name, what), lists) in
        [("together", "taken together"), ("next", "what comes next")].into_iter().zip(learnt.lists())
    {
        let held = (!prepared.held.is_empty()).then(|| prepared.held.lists(lists));
        let words = held.map_or_else(String::new, |held| format!(", held out {held:.4} by these alone"));
        println!("{what}: {} pairs of {} users or more{words}", lists.items.len(), plan.min_users);
        figures.extend(held.map(|held| (name.into(), json!(round(held)))));
    }
    if plan.min_users > 1 && !prepared.held.is_empty() {
        let cost = |(all, kept): (&Lists, &Lists)| prepared.held.lists(all) - prepared.held.lists(kept);
        let all = blend::pairs(&past, &plan, 1);
        let costs: Vec<f64> = all.iter().zip(learnt.lists()).map(cost).collect();
        println!(
            "pairs of fewer users are left out: held out, that costs the lists alone {:.4} and {:.4}",
            costs[0], costs[1]
        );
    }
    let mut tensors = learnt.tensors(&plan);
    tensors.extend(items.views.tensors());
    if let Some(network) = learnt.network(&past, &plan)? {
        tensors.extend(blend::network_tensors(&network));
    }
    let curves = blend::curves(&past, items, &plan)?;
    if curves.is_empty() {
        println!("no mix: too few orders come after the past that it would be learnt from; ranked by taste alone");
    }
    tensors.extend(blend::curve_tensors(&curves)?);
    Ok((tensors, figures))
}

/// Vectors of attributes, how well they do on items that they did not know, and the factors with those that
/// attributes alone give to new items.
fn attributes(
    parts: &Parts, mut factors: Factors, seed: u64,
) -> (Vec<(String, Tensor)>, Option<serde_json::Value>, Factors) {
    let quantiles = bundle::quantiles(&parts.prices);
    let attributes =
        Attributes::new(&parts.categories, &parts.brands, &parts.prices, quantiles.as_ref().map(|all| all.as_slice()));
    let (vectors, explained) = attributes.fit(&factors.items, factors.dim, seed);
    let words = explained.map(|explained| {
        println!(
            "attributes say {:.1} % of the variance of the vectors of {} items held out, with an error of {:.4} a number \
             (ridge {})",
            explained.share * 100.0,
            explained.items,
            explained.error,
            explained.ridge,
        );
        json!({ "explained": round(explained.share), "error": round(explained.error) })
    });
    for item in factors.items.len() / factors.dim..parts.ids.len() {
        factors.items.extend(attributes.predict(&vectors, item));
    }
    (attributes.tensors(&vectors), words, factors)
}

/// The map from the factors of an old bundle, and that bundle's version.
fn from(path: &Path, prepared: &Prepared, restored: &[f32], options: &Options) -> Result<(String, Tensor)> {
    let (old, _) = bundle::read(path)?;
    let settings = options.model.settings();
    let dim = restored.len() / prepared.vocabulary.len();
    if old.dim() != dim {
        let message =
            format!("has {} dimensions; right for --from would be a bundle of {dim}, as the new one has", old.dim());
        return Err(Error::content(path, message));
    }
    let asked = Asked::new(prepared);
    let new = Shelf::new(&prepared.vocabulary, prepared.table.items.len(), restored.to_vec(), dim);
    let shelf = asked.shelf(&old);
    let common = shelf.common(&new).len();
    if common < dim {
        let message = format!("shares {common} items with the new bundle; right for a map would be {dim} or more");
        return Err(Error::content(path, message));
    }
    let map = map::procrustes(&shelf, &new);
    let [moved, folded] = map::figures(&asked, &shelf, &new, &map, &settings);
    println!(
        "map from version {}, over {common} items: held out {moved:.4} moved, {folded:.4} folded in anew: a loss of {:.4}",
        old.version(),
        folded - moved,
    );
    Ok((old.version().into(), Tensor::f32(&map).shaped(vec![dim, dim])))
}
