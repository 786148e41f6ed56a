// A shop as its developers write it: the package by its name, the bundle by its address.
import { openProfile } from 'homebody';
import { openProfile as openInWorker } from 'homebody/worker';
import 'homebody/inspector';

const profile = await openProfile({ factors: '/grocery.safetensors', consent: { profile: true, reports: false } });
profile.record('view', 'apples', { dwell: 20_000 });
await profile.saved();
const inspector = document.createElement('homebody-inspector');
inspector.profile = profile;
document.body.append(inspector);
document.body.dataset.list = profile.recommend({ limit: 3 }).map(({ id }) => id).join(' ');

const inWorker = await openInWorker({ factors: '/grocery.safetensors', database: 'in-a-worker' });
await inWorker.record('view', 'apples', { dwell: 20_000 });
document.body.dataset.worker = (await inWorker.recommend({ limit: 3 })).map(({ id }) => id).join(' ');
