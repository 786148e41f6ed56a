export interface CountItem { readonly item: string; readonly count: number; readonly lastAt: number }
export interface RatingItem { readonly item: string; readonly rating: number }
export interface LogItem {
  readonly position: number;
  readonly at: number;
  readonly kind: string;
  readonly item: string;
  readonly price?: number;
  readonly quantity: number;
  readonly rating?: number;
  readonly dwell?: number;
  readonly recommended: boolean;
  readonly propensity?: number;
  readonly arm?: string;
  readonly seed: readonly [number, number];
}
export interface CorrectionItem {
  readonly item?: string;
  readonly category?: string;
  readonly as?: string;
  readonly at?: number;
  readonly position?: number;
  readonly level: number;
  readonly locked: boolean;
  readonly notMe: boolean;
}
export interface LogItems { readonly did: readonly LogItem[]; readonly said: readonly (readonly [number, CorrectionItem])[] }
export interface InterestItem {
  readonly category: string;
  readonly department: string;
  readonly share: number;
  readonly error: number;
  readonly sure: string;
  readonly interactions: number;
  readonly changedAt?: number;
}
export interface ChangeItem {
  readonly at: number;
  readonly kind: string;
  readonly item: string;
  readonly category?: string;
  readonly before: number;
  readonly after: number;
  readonly moved: readonly { readonly item: string; readonly from?: number; readonly to: number }[];
  readonly unlearnt?: string;
  readonly here?: readonly [number, number];
}
export interface MapItem {
  readonly departments: readonly (readonly [string, readonly [number, number]])[];
  readonly here?: readonly [number, number];
}
export interface LedgerItem {
  readonly at: number;
  readonly state: string;
  readonly text: string;
  readonly bytes: number;
  readonly epsilon: number;
  readonly body?: string;
}
