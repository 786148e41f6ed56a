export { HomebodyError } from './errors.js';
export { openProfile } from './open.js';
export type {
  Change, Consent, Correction, Details, Explanation, ExportedCorrection, Forget, Grants, Interest, Kind, LearningStep, LedgerEntry, LoggedInteraction,
  Options, Profile, ProfileExport, ProfileState, Reason, Recommendation, RecommendOptions, Refusal, ReportOptions, ShopMap,
  Signal, StandingCorrection, Status, Stop, Subject, TasteShare, Undone, Wish,
} from './types.js';
