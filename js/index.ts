export { HomebodyError } from './errors.js';
export { openProfile } from './open.js';
export type {
  Consent, Details, Explanation, Kind, LearningStep, LedgerEntry, LoggedInteraction, Options, Profile, ProfileExport, ProfileState,
  Reason, Recommendation, RecommendOptions, Refusal, ReportOptions, Signal, Status, Stop, TasteShare,
} from './types.js';
