export interface ReasonItem {
  readonly because: string;
  readonly item?: string;
  readonly at?: number;
  readonly contribution: number;
  readonly positionWithout?: number;
}
export interface ListItem {
  readonly id: string;
  readonly score: number;
  readonly reasons: readonly ReasonItem[];
  readonly propensity?: number;
}
export interface ExplanationItem { readonly position: number; readonly score: number; readonly reasons: readonly ReasonItem[] }
export interface ShareItem { readonly department: string; readonly share: number; readonly interactions: number }
export interface CountItem { readonly item: string; readonly count: number; readonly lastAt: number }
export interface RatingItem { readonly item: string; readonly rating: number }
export interface LogItem {
  readonly at: number;
  readonly kind: string;
  readonly item: string;
  readonly price?: number;
  readonly quantity: number;
  readonly rating?: number;
  readonly dwell?: number;
  readonly recommended: boolean;
}
export interface LedgerItem {
  readonly at: number;
  readonly state: string;
  readonly text: string;
  readonly bytes: number;
  readonly epsilon: number;
  readonly body?: string;
}
export interface StepItem {
  readonly kind: string;
  readonly item: string;
  readonly at: number;
  readonly label: number;
  readonly weight: number;
  readonly loss: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}
