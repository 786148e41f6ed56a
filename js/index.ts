export { HomebodyError } from './errors.js';
export { openProfile } from './open.js';
export type {
  Arm, Change, Consent, Correction, Details, Epsilon, Explanation, ExportedCorrection, Forget, Grants, Interest, Kind, LearningStep, LedgerEntry, LoggedInteraction,
  Options, Periods, Profile, ProfileExport, ProfileState, Reason, Recommendation, RecommendOptions, Refusal, ReportOptions, ReportType, ShopMap,
  Signal, StandingCorrection, Status, Stop, Subject, TasteShare, Undone, Wish,
} from './types.js';
