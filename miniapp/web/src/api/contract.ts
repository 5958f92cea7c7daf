// Made from openapi.json by `npm run generate`; edit the server, not this file.

export interface Accepted {
  readonly receipt: string;
  readonly status?: "accepted";
}

export interface AccountView {
  readonly created_at: string;
  readonly halt_reason: string | null;
  readonly id: string;
  readonly label: string;
  readonly max_open_groups: number;
  readonly quote_currency: string;
  readonly settings_version: number;
  readonly state: "running" | "paused" | "halted";
  readonly total_capital_usd: string;
  readonly venue: string;
}

export interface CandleView {
  readonly at: string;
  readonly close: string;
  readonly high: string;
  readonly low: string;
  readonly open: string;
  readonly volume: string;
}

export interface EngineHealth {
  readonly heartbeat_age: number | null;
  readonly inbox_waiting: number;
  readonly orders_unknown: number;
  readonly running: boolean;
}

export interface EventView {
  readonly account_id: string;
  readonly at: string;
  readonly correlation_id: string | null;
  readonly data: Readonly<Record<string, string>>;
  readonly group_id: string | null;
  readonly id: number;
  readonly kind: string;
  readonly reason: string;
  readonly seq: number;
  readonly severity: "info" | "notice" | "critical";
  readonly symbol: string | null;
}

export interface FeedHealth {
  readonly feed: string;
  readonly heartbeat_age: number | null;
  readonly live: boolean;
  readonly symbols: readonly string[];
}

export interface GroupDetail {
  readonly group: GroupView;
  readonly orders: readonly OrderView[];
  readonly pyramids: readonly PyramidView[];
}

export interface GroupView {
  readonly account_id: string;
  readonly base_entry_price: string | null;
  readonly closed_at: string | null;
  readonly closed_quantity: string;
  readonly created_at: string;
  readonly exit_reason: string | null;
  readonly fees_usd: string;
  readonly id: string;
  readonly invested_usd: string;
  readonly legs_filled: number;
  readonly legs_total: number;
  readonly mark_at: string | null;
  readonly mark_price: string | null;
  readonly max_pyramids: number;
  readonly next_entry_price: string | null;
  readonly next_tp_price: string | null;
  readonly open_quantity: string;
  readonly pyramid_count: number;
  readonly realized_pnl_usd: string;
  readonly side: "long" | "short";
  readonly source: string;
  readonly status: string;
  readonly strategy: string;
  readonly symbol: string;
  readonly timeframe: number;
  readonly tp_aggregate_percent: string;
  readonly tp_mode: "per_leg" | "aggregate";
  readonly unrealized_pnl_percent: string | null;
  readonly unrealized_pnl_usd: string | null;
  readonly updated_at: string;
  readonly venue: string;
  readonly weighted_avg_price: string | null;
}

export interface HomeView {
  readonly account: AccountView;
  readonly deployed_usd: string;
  readonly engine: EngineHealth;
  readonly equity_usd: string;
  readonly feed: FeedHealth;
  readonly free_usd: string;
  readonly groups_max: number;
  readonly groups_open: number;
  readonly last_alert: ReceiptView | null;
  readonly offers_waiting: number;
  readonly pnl_today_percent: string;
  readonly pnl_today_usd: string;
  readonly pnl_total_percent: string;
  readonly pnl_total_usd: string;
  readonly queued: number;
  readonly realized_pnl_usd: string;
  readonly unrealized_pnl_usd: string;
}

export interface HookView {
  readonly account_id: string;
  readonly alerts_total: number;
  readonly body_to_paste: string;
  readonly created_at: string;
  readonly id: string;
  readonly label: string;
  readonly last_alert_at: string | null;
  readonly path: string;
  readonly secret: string;
  readonly url: string;
}

export interface LegView {
  readonly avg_fill_price: string | null;
  readonly capital_usd: string;
  readonly closed_quantity: string;
  readonly fee_usd: string;
  readonly filled_at: string | null;
  readonly filled_quantity: string;
  readonly gap_percent: string;
  readonly index: number;
  readonly order_type: "limit" | "market";
  readonly price: string;
  readonly progress_percent: string | null;
  readonly pyramid: number;
  readonly quantity: string;
  readonly realized_pnl_usd: string;
  readonly status: string;
  readonly submitted_at: string | null;
  readonly tp_hit: boolean;
  readonly tp_percent: string;
  readonly tp_price: string | null;
  readonly weight_percent: string;
}

export interface OfferLeg {
  readonly capital_usd: string;
  readonly gap_percent: string;
  readonly index: number;
  readonly order_type: "limit" | "market";
  readonly price: string;
  readonly quantity: string;
  readonly tp_percent: string;
  readonly tp_price: string;
}

export interface OfferView {
  readonly account_id: string;
  readonly average_if_filled: string | null;
  readonly capital_percent: string;
  readonly capital_usd: string;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
  readonly decided_channel: "chat" | "app" | "policy" | null;
  readonly effective_at: string | null;
  readonly entry_price: string | null;
  readonly expires_at: string;
  readonly exposure_after_usd: string;
  readonly exposure_before_usd: string;
  readonly group_id: string | null;
  readonly id: string;
  readonly legs: readonly OfferLeg[];
  readonly market_price: string | null;
  readonly max_pyramids: number;
  readonly outcome_code: string | null;
  readonly outcome_text: string | null;
  readonly place: "slot" | "pyramid" | "queue" | "refused";
  readonly place_text: string;
  readonly pyramid_step: number;
  readonly reason: string;
  readonly receipt_id: string | null;
  readonly side: "long" | "short";
  readonly signal_id: string;
  readonly size_factor: string;
  readonly slots_taken: number;
  readonly slots_total: number;
  readonly source: string;
  readonly status: "pending" | "approved" | "rejected" | "expired" | "withdrawn";
  readonly stop_price: string | null;
  readonly strategy: string;
  readonly symbol: string;
  readonly taken: boolean;
  readonly target_price: string | null;
  readonly timeframe: number;
  readonly undo_seconds_left: number;
  readonly version: number;
}

export interface OrderView {
  readonly avg_fill_price: string | null;
  readonly created_at: string;
  readonly fee_usd: string;
  readonly filled_quantity: string;
  readonly id: string;
  readonly order_type: "limit" | "market";
  readonly outcome_unknown: boolean;
  readonly price: string | null;
  readonly purpose: "entry" | "take_profit" | "exit" | "reduce";
  readonly quantity: string;
  readonly refusal: string | null;
  readonly side: "buy" | "sell";
  readonly status: string;
  readonly venue_order_id: string | null;
}

export interface ProfitView {
  readonly average_duration_seconds: number;
  readonly best_pnl_usd: string | null;
  readonly best_symbol: string | null;
  readonly days: number | null;
  readonly fees_usd: string;
  readonly losses: number;
  readonly profit_factor: string | null;
  readonly realized_pnl_usd: string;
  readonly trades: number;
  readonly win_rate_percent: string;
  readonly wins: number;
  readonly worst_pnl_usd: string | null;
  readonly worst_symbol: string | null;
}

export interface PyramidView {
  readonly entry_at: string;
  readonly entry_price: string;
  readonly index: number;
  readonly legs: readonly LegView[];
  readonly signal_id: string;
  readonly status: string;
}

export interface QueueView {
  readonly account_id: string;
  readonly current_loss_percent: string | null;
  readonly entry_price: string | null;
  readonly expires_at: string;
  readonly explanation: string;
  readonly of: number;
  readonly queued_at: string;
  readonly rank: number;
  readonly replacement_count: number;
  readonly side: "long" | "short";
  readonly signal_id: string;
  readonly symbol: string;
  readonly timeframe: number;
}

export interface QuoteView {
  readonly at: string;
  readonly price: string;
  readonly stale: boolean;
  readonly symbol: string;
}

export interface ReceiptView {
  readonly account_id: string;
  readonly code: string;
  readonly field: string | null;
  readonly hook_id: string;
  readonly id: string;
  readonly intent: string | null;
  readonly message: string;
  readonly received_at: string;
  readonly side: string | null;
  readonly signal_id: string | null;
  readonly status: "accepted" | "duplicate" | "stale" | "refused" | "rate_limited" | "unauthorised";
  readonly symbol: string | null;
  readonly timeframe: number | null;
}
