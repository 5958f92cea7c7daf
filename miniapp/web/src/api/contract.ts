// Made from docs/api/openapi.json by `npm run generate`; edit the server, not this file.

export interface Accepted {
  readonly receipt: string;
  readonly status?: "accepted";
}

export interface AccountBody {
  readonly venue: "binance" | "bybit";
  readonly market?: "spot" | "linear";
  readonly test_net?: boolean;
  readonly label: string;
}

export interface AccountSettings_Input {
  readonly schema_version?: 2;
  readonly read_only?: boolean;
  readonly total_capital_usd?: string;
  readonly max_open_groups?: number;
  readonly max_pyramids?: number;
  readonly ladder?: readonly LegSettings_Input[];
  readonly pyramid_levels?: Readonly<Record<string, readonly LegSettings_Input[]>>;
  readonly market_ladders?: readonly MarketLadder_Input[];
  readonly sizing?: SizingSettings_Input;
  readonly orders?: OrderSettings_Input;
  readonly brackets?: BracketSettings_Input;
  readonly stops?: StopSettings_Input;
  readonly tp_mode?: TakeProfitMode;
  readonly tp_execution?: TakeProfitExecution;
  readonly tp_aggregate_percent?: string;
  readonly queue_limit?: number;
  readonly queue_expiry_minutes?: number;
  readonly queue?: QueueSettings;
  readonly risk?: RiskSettings_Input;
  readonly protection?: ProtectionSettings_Input;
  readonly auto_approve?: "off" | "all";
  readonly undo_seconds?: number;
  readonly offer_expiry_minutes?: number;
  readonly max_drift_percent?: string;
}

export interface AccountSettings_Output {
  readonly schema_version?: 2;
  readonly read_only?: boolean;
  readonly total_capital_usd?: string;
  readonly max_open_groups?: number;
  readonly max_pyramids?: number;
  readonly ladder?: readonly LegSettings_Output[];
  readonly pyramid_levels?: Readonly<Record<string, readonly LegSettings_Output[]>>;
  readonly market_ladders?: readonly MarketLadder_Output[];
  readonly sizing?: SizingSettings_Output;
  readonly orders?: OrderSettings_Output;
  readonly brackets?: BracketSettings_Output;
  readonly stops?: StopSettings_Output;
  readonly tp_mode?: TakeProfitMode;
  readonly tp_execution?: TakeProfitExecution;
  readonly tp_aggregate_percent?: string;
  readonly queue_limit?: number;
  readonly queue_expiry_minutes?: number;
  readonly queue?: QueueSettings;
  readonly risk?: RiskSettings_Output;
  readonly protection?: ProtectionSettings_Output;
  readonly auto_approve?: "off" | "all";
  readonly undo_seconds?: number;
  readonly offer_expiry_minutes?: number;
  readonly max_drift_percent?: string;
}

export interface AccountView {
  readonly id: string;
  readonly venue: string;
  readonly label: string;
  readonly quote_currency: string;
  readonly state: "running" | "paused" | "halted";
  readonly halt_reason: string | null;
  readonly total_capital_usd: string;
  readonly max_open_groups: number;
  readonly settings_version: number;
  readonly created_at: string;
  readonly board: string;
  readonly market?: "spot" | "linear";
  readonly installation_state?: "running" | "paused" | "halted";
}

export interface ApplyBody {
  readonly groups: readonly string[];
}

export interface ApplyView {
  readonly settings_version: number;
  readonly groups: readonly GroupChangesView[];
}

export interface Bound {
  readonly value: string;
  readonly open: boolean;
}

export interface BracketSettings_Input {
  readonly use_signal_targets?: boolean;
  readonly min_stop_percent?: string;
  readonly min_reward_risk?: string;
}

export interface BracketSettings_Output {
  readonly use_signal_targets?: boolean;
  readonly min_stop_percent?: string;
  readonly min_reward_risk?: string;
}

export interface CandleView {
  readonly at: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

export interface Change {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly unit: string;
}

export interface CheckView {
  readonly valid: boolean;
  readonly problems: readonly FieldProblem[];
  readonly remarks: readonly Remark[];
  readonly changes: readonly Change[];
  readonly riskier?: readonly string[];
  readonly entry_usd?: string | null;
  readonly worst_usd?: string | null;
}

export interface CloseBody {
  readonly fraction?: string;
}

export interface Control {
  readonly path: string;
  readonly kind: "switch" | "choice" | "whole" | "number" | "text" | "order" | "ladder" | "ladders" | "items";
  readonly label: string;
  readonly explanation: string;
  readonly unit: string;
  readonly optional: boolean;
  readonly choices: readonly string[];
  readonly low: Bound | null;
  readonly high: Bound | null;
  readonly start: string | null;
  readonly variant: string;
}

export interface Cooldown {
  readonly kind?: "cooldown";
  readonly stop_minutes: number;
}

export interface DecisionBody {
  readonly decision: "approve" | "reject";
  readonly version: number;
  readonly size_factor?: string | null;
}

export interface DeliveryView {
  readonly event_id: number;
  readonly at: string;
  readonly kind: string;
  readonly reason: string;
  readonly status: "delivered" | "failing" | "waiting";
}

export interface DrawdownSettings_Input {
  readonly enabled?: boolean;
  readonly max_drawdown_percent?: string;
  readonly soft_drawdown_percent?: string;
  readonly min_equity_usd?: string;
}

export interface DrawdownSettings_Output {
  readonly enabled?: boolean;
  readonly max_drawdown_percent?: string;
  readonly soft_drawdown_percent?: string;
  readonly min_equity_usd?: string;
}

export interface EndingView {
  readonly tp_execution: TakeProfitExecution;
  readonly stop_rules: StopRules | null;
  readonly closes_at: string | null;
}

export interface EngineHealth {
  readonly running: boolean;
  readonly heartbeat_age: number | null;
  readonly inbox_waiting: number;
  readonly orders_unknown: number;
}

export interface EquityPoint {
  readonly at: string;
  readonly equity_usd: string;
  readonly realized_usd: string;
  readonly unrealized_usd: string;
  readonly open_groups: number;
}

export interface EventView {
  readonly id: number;
  readonly account_id: string;
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly reason: string;
  readonly group_id: string | null;
  readonly symbol: string | null;
  readonly severity: "info" | "notice" | "critical";
  readonly data: Readonly<Record<string, string>>;
  readonly correlation_id: string | null;
}

export interface Execution {
  readonly order_id: string;
  readonly trade_id: string;
  readonly quantity: string;
  readonly price: string;
  readonly at: string;
}

export interface ExportView {
  readonly format: string;
  readonly schema_version: number;
  readonly shape: string;
  readonly exported_at: string;
  readonly settings: AccountSettings_Output;
}

export interface FeedHealth {
  readonly feed: string;
  readonly live: boolean;
  readonly heartbeat_age: number | null;
  readonly symbols: readonly string[];
  readonly board: string;
  readonly market: "spot" | "linear";
}

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface FieldProblem {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface FormGroup {
  readonly path: string;
  readonly title: string;
  readonly explanation: string;
  readonly controls: readonly Control[];
}

export interface FormSection {
  readonly name: string;
  readonly title: string;
  readonly explanation: string;
  readonly groups: readonly FormGroup[];
}

export interface FormView {
  readonly sections: readonly FormSection[];
  readonly defaults: AccountSettings_Output;
}

export interface GateSettings_Input {
  readonly max_groups_per_symbol?: number | null;
  readonly max_symbol_exposure_percent?: string | null;
  readonly max_exposure_usd?: string | null;
  readonly max_daily_loss_usd?: string | null;
  readonly require_fresh_price?: boolean;
}

export interface GateSettings_Output {
  readonly max_groups_per_symbol?: number | null;
  readonly max_symbol_exposure_percent?: string | null;
  readonly max_exposure_usd?: string | null;
  readonly max_daily_loss_usd?: string | null;
  readonly require_fresh_price?: boolean;
}

export interface Generated {
  readonly ladder: readonly LegSettings_Output[];
  readonly deviations_percent: readonly string[];
  readonly sizes_usd: readonly string[];
  readonly total_usd: string;
}

export interface GroupChangesView {
  readonly group_id: string;
  readonly symbol: string;
  readonly timeframe: number;
  readonly side: "long" | "short";
  readonly settings_version: number;
  readonly changes: readonly Change[];
}

export interface GroupDetail {
  readonly group: GroupView;
  readonly pyramids: readonly PyramidView[];
  readonly orders: readonly OrderView[];
  readonly ending: EndingView;
  readonly stop?: StopView | null;
}

export interface GroupView {
  readonly id: string;
  readonly account_id: string;
  readonly venue: string;
  readonly symbol: string;
  readonly timeframe: number;
  readonly side: "long" | "short";
  readonly status: string;
  readonly pyramid_count: number;
  readonly max_pyramids: number;
  readonly legs_filled: number;
  readonly legs_total: number;
  readonly base_entry_price: string | null;
  readonly weighted_avg_price: string | null;
  readonly mark_price: string | null;
  readonly mark_at: string | null;
  readonly invested_usd: string;
  readonly open_quantity: string;
  readonly closed_quantity: string;
  readonly unrealized_pnl_usd: string | null;
  readonly unrealized_pnl_percent: string | null;
  readonly realized_pnl_usd: string;
  readonly fees_usd: string;
  readonly tp_mode: "per_leg" | "aggregate" | "hybrid" | "pyramid_aggregate";
  readonly tp_aggregate_percent: string;
  readonly next_tp_price: string | null;
  readonly next_entry_price: string | null;
  readonly source: string;
  readonly strategy: string;
  readonly exit_reason: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly closed_at: string | null;
  readonly board: string;
  readonly mark_stale: boolean;
}

export interface GuardView {
  readonly enabled: boolean;
  readonly stage: "calm" | "warned" | "soft" | "hard";
  readonly equity_usd: string | null;
  readonly peak_usd: string | null;
  readonly drawdown_percent: string | null;
  readonly warn_percent: string;
  readonly soft_percent: string;
  readonly max_percent: string;
  readonly min_equity_usd: string;
}

export interface HomeView {
  readonly account: AccountView;
  readonly engine: EngineHealth;
  readonly feed: FeedHealth;
  readonly equity_usd: string;
  readonly pnl_today_usd: string;
  readonly pnl_today_percent: string;
  readonly pnl_total_usd: string;
  readonly pnl_total_percent: string;
  readonly realized_pnl_usd: string;
  readonly unrealized_pnl_usd: string;
  readonly deployed_usd: string;
  readonly free_usd: string;
  readonly groups_open: number;
  readonly groups_max: number;
  readonly queued: number;
  readonly offers_waiting: number;
  readonly last_alert: ReceiptView | null;
  readonly risk_enabled: boolean;
}

export interface HookBody {
  readonly account: string;
  readonly label?: string;
}

export interface HookView {
  readonly id: string;
  readonly account_id: string;
  readonly label: string;
  readonly path: string;
  readonly url: string;
  readonly secret: string;
  readonly body_to_paste: string;
  readonly created_at: string;
  readonly last_alert_at: string | null;
  readonly alerts_total: number;
}

export interface ImportBody {
  readonly document: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly save?: boolean;
  readonly keep_keys?: boolean;
}

export interface ImportView {
  readonly source: "own" | "foreign";
  readonly check: CheckView;
  readonly keys_found: readonly string[];
  readonly ignored: readonly string[];
  readonly settings: AccountSettings_Output | null;
  readonly saved: boolean;
  readonly receipt: string | null;
}

export interface InstallationView {
  readonly state: "running" | "paused" | "halted";
  readonly changed_at: string | null;
  readonly accounts: number;
  readonly waiting: number;
}

export interface KeysBody {
  readonly key: string;
  readonly secret: string;
}

export interface KeysView {
  readonly account_id: string;
  readonly venue: string;
  readonly market: "spot" | "linear";
  readonly test_net: boolean;
  readonly key: string | null;
  readonly permissions: readonly string[];
  readonly position_mode: "one_way" | "hedge" | null;
  readonly checked_at: string | null;
  readonly revoked_at: string | null;
}

export interface LadderBody {
  readonly step_percent: string;
  readonly step_scale?: string;
  readonly volume_scale?: string;
  readonly base_usd: string;
  readonly safety_usd: string;
  readonly orders: number;
  readonly tp_percent?: string;
}

export interface LegSettings_Input {
  readonly gap_percent: string;
  readonly weight_percent: string;
  readonly tp_percent: string;
}

export interface LegSettings_Output {
  readonly gap_percent: string;
  readonly weight_percent: string;
  readonly tp_percent: string;
}

export interface LegView {
  readonly pyramid: number;
  readonly index: number;
  readonly order_type: "limit" | "market" | "stop";
  readonly price: string;
  readonly quantity: string;
  readonly gap_percent: string;
  readonly weight_percent: string;
  readonly tp_percent: string;
  readonly capital_usd: string;
  readonly status: string;
  readonly filled_quantity: string;
  readonly avg_fill_price: string | null;
  readonly fee_usd: string;
  readonly tp_price: string | null;
  readonly tp_hit: boolean;
  readonly closed_quantity: string;
  readonly realized_pnl_usd: string;
  readonly progress_percent: string | null;
  readonly submitted_at: string | null;
  readonly filled_at: string | null;
}

export interface LimitsBody {
  readonly max_open_groups?: number | null;
  readonly max_pyramids?: number | null;
  readonly max_symbols?: number | null;
  readonly max_exposure_usd?: string | null;
  readonly venues?: readonly string[] | null;
  readonly valid_until?: string | null;
  readonly grace_hours?: number;
}

export interface LimitsView {
  readonly max_open_groups: number | null;
  readonly max_pyramids: number | null;
  readonly max_symbols: number | null;
  readonly max_exposure_usd: string | null;
  readonly venues: readonly string[] | null;
  readonly valid_until: string | null;
  readonly grace_until: string | null;
  readonly stage: "none" | "valid" | "grace" | "over";
  readonly text: string;
}

export interface LockView {
  readonly kind: string;
  readonly symbol: string | null;
  readonly until: string;
  readonly text: string;
}

export interface LowProfitPairs_Input {
  readonly kind?: "low_profit";
  readonly lookback_minutes: number;
  readonly min_trades: number;
  readonly required_profit_usd?: string;
  readonly stop_minutes: number;
}

export interface LowProfitPairs_Output {
  readonly kind?: "low_profit";
  readonly lookback_minutes: number;
  readonly min_trades: number;
  readonly required_profit_usd?: string;
  readonly stop_minutes: number;
}

export interface MarkBody {
  readonly action: "block" | "unblock" | "skip_once";
}

export interface MarketLadder_Input {
  readonly symbol: string;
  readonly timeframe?: number | null;
  readonly ladder: readonly LegSettings_Input[];
  readonly pyramid_levels?: Readonly<Record<string, readonly LegSettings_Input[]>>;
}

export interface MarketLadder_Output {
  readonly symbol: string;
  readonly timeframe?: number | null;
  readonly ladder: readonly LegSettings_Output[];
  readonly pyramid_levels?: Readonly<Record<string, readonly LegSettings_Output[]>>;
}

export interface OfferLeg {
  readonly index: number;
  readonly order_type: "limit" | "market" | "stop";
  readonly price: string;
  readonly quantity: string;
  readonly capital_usd: string;
  readonly gap_percent: string;
  readonly tp_percent: string;
  readonly tp_price: string;
}

export interface OfferView {
  readonly id: string;
  readonly account_id: string;
  readonly signal_id: string;
  readonly receipt_id: string | null;
  readonly version: number;
  readonly status: "pending" | "approved" | "rejected" | "expired" | "withdrawn";
  readonly symbol: string;
  readonly timeframe: number;
  readonly side: "long" | "short";
  readonly entry_price: string | null;
  readonly market_price: string | null;
  readonly legs: readonly OfferLeg[];
  readonly capital_usd: string;
  readonly capital_percent: string;
  readonly size_factor: string;
  readonly exposure_before_usd: string;
  readonly exposure_after_usd: string;
  readonly average_if_filled: string | null;
  readonly target_price: string | null;
  readonly stop_price: string | null;
  readonly pyramid_step: number;
  readonly max_pyramids: number;
  readonly place: "slot" | "pyramid" | "queue" | "refused";
  readonly place_text: string;
  readonly slots_taken: number;
  readonly slots_total: number;
  readonly reason: string;
  readonly source: string;
  readonly strategy: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly decided_by: string | null;
  readonly decided_channel: "chat" | "app" | "policy" | null;
  readonly decided_at: string | null;
  readonly effective_at: string | null;
  readonly undo_seconds_left: number;
  readonly taken: boolean;
  readonly group_id: string | null;
  readonly outcome_code: string | null;
  readonly outcome_text: string | null;
}

export interface OrderSettings_Input {
  readonly first_leg?: "limit" | "market";
  readonly max_slippage_percent?: string;
  readonly slippage_action?: "warn" | "reject";
  readonly cancel_dca_beyond_percent?: string | null;
  readonly entry_expiry_minutes?: number | null;
  readonly cancel_entries_on_stop?: boolean;
  readonly opposite_side?: "queue" | "refuse";
  readonly block_on_missing_metadata?: boolean;
  readonly fallback_tick?: string;
  readonly fallback_step?: string;
  readonly fallback_min_quantity?: string;
  readonly fallback_min_notional?: string;
  readonly leverage?: number;
  readonly margin_mode?: "isolated" | "cross";
}

export interface OrderSettings_Output {
  readonly first_leg?: "limit" | "market";
  readonly max_slippage_percent?: string;
  readonly slippage_action?: "warn" | "reject";
  readonly cancel_dca_beyond_percent?: string | null;
  readonly entry_expiry_minutes?: number | null;
  readonly cancel_entries_on_stop?: boolean;
  readonly opposite_side?: "queue" | "refuse";
  readonly block_on_missing_metadata?: boolean;
  readonly fallback_tick?: string;
  readonly fallback_step?: string;
  readonly fallback_min_quantity?: string;
  readonly fallback_min_notional?: string;
  readonly leverage?: number;
  readonly margin_mode?: "isolated" | "cross";
}

export interface OrderView {
  readonly id: string;
  readonly venue_order_id: string | null;
  readonly purpose: "entry" | "take_profit" | "exit" | "reduce" | "stop";
  readonly side: "buy" | "sell";
  readonly order_type: "limit" | "market" | "stop";
  readonly price: string | null;
  readonly quantity: string;
  readonly status: string;
  readonly filled_quantity: string;
  readonly avg_fill_price: string | null;
  readonly fee_usd: string;
  readonly outcome_unknown: boolean;
  readonly refusal: string | null;
  readonly created_at: string;
}

export interface Page_AccountView {
  readonly items: readonly AccountView[];
  readonly next_cursor?: string | null;
}

export interface Page_CandleView {
  readonly items: readonly CandleView[];
  readonly next_cursor?: string | null;
}

export interface Page_DeliveryView {
  readonly items: readonly DeliveryView[];
  readonly next_cursor?: string | null;
}

export interface Page_EquityPoint {
  readonly items: readonly EquityPoint[];
  readonly next_cursor?: string | null;
}

export interface Page_EventView {
  readonly items: readonly EventView[];
  readonly next_cursor?: string | null;
}

export interface Page_FeedHealth {
  readonly items: readonly FeedHealth[];
  readonly next_cursor?: string | null;
}

export interface Page_GroupView {
  readonly items: readonly GroupView[];
  readonly next_cursor?: string | null;
}

export interface Page_HookView {
  readonly items: readonly HookView[];
  readonly next_cursor?: string | null;
}

export interface Page_KeysView {
  readonly items: readonly KeysView[];
  readonly next_cursor?: string | null;
}

export interface Page_OfferView {
  readonly items: readonly OfferView[];
  readonly next_cursor?: string | null;
}

export interface Page_PeriodView {
  readonly items: readonly PeriodView[];
  readonly next_cursor?: string | null;
}

export interface Page_QueueView {
  readonly items: readonly QueueView[];
  readonly next_cursor?: string | null;
}

export interface Page_ReceiptView {
  readonly items: readonly ReceiptView[];
  readonly next_cursor?: string | null;
}

export interface Page_RiskActionView {
  readonly items: readonly RiskActionView[];
  readonly next_cursor?: string | null;
}

export interface Page_TemplateView {
  readonly items: readonly TemplateView[];
  readonly next_cursor?: string | null;
}

export interface Page_TradeView {
  readonly items: readonly TradeView[];
  readonly next_cursor?: string | null;
}

export interface Page_VersionView {
  readonly items: readonly VersionView[];
  readonly next_cursor?: string | null;
}

export interface Page_WebhookView {
  readonly items: readonly WebhookView[];
  readonly next_cursor?: string | null;
}

export interface PeriodView {
  readonly begins: string;
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly realized_pnl_usd: string;
  readonly fees_usd: string;
  readonly cost_usd: string;
  readonly best_pnl_usd: string;
  readonly worst_pnl_usd: string;
}

export interface Problem {
  readonly type?: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly reference?: string | null;
  readonly errors?: readonly FieldError[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface ProfitView {
  readonly days: number | null;
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly win_rate_percent: string;
  readonly realized_pnl_usd: string;
  readonly fees_usd: string;
  readonly best_symbol: string | null;
  readonly best_pnl_usd: string | null;
  readonly worst_symbol: string | null;
  readonly worst_pnl_usd: string | null;
  readonly average_duration_seconds: number;
  readonly profit_factor: string | null;
}

export interface ProtectionSettings_Input {
  readonly gate?: GateSettings_Input;
  readonly drawdown?: DrawdownSettings_Input;
  readonly locks?: readonly (Cooldown | StopLossGuard | LowProfitPairs_Input)[];
}

export interface ProtectionSettings_Output {
  readonly gate?: GateSettings_Output;
  readonly drawdown?: DrawdownSettings_Output;
  readonly locks?: readonly (Cooldown | StopLossGuard | LowProfitPairs_Output)[];
}

export interface PyramidView {
  readonly index: number;
  readonly entry_price: string;
  readonly entry_at: string;
  readonly signal_id: string;
  readonly status: string;
  readonly legs: readonly LegView[];
}

export interface QueueSettings {
  readonly rules?: readonly RankRule[];
  readonly continuation_bypasses?: boolean;
  readonly same_pair_timeframe?: boolean;
}

export interface QueueView {
  readonly signal_id: string;
  readonly account_id: string;
  readonly symbol: string;
  readonly timeframe: number;
  readonly side: "long" | "short";
  readonly rank: number;
  readonly of: number;
  readonly explanation: string;
  readonly entry_price: string | null;
  readonly current_loss_percent: string | null;
  readonly replacement_count: number;
  readonly queued_at: string;
  readonly expires_at: string;
  readonly continues: boolean;
  readonly expected_profit_usd: string;
  readonly blocked_code: string | null;
  readonly blocked_text: string | null;
  readonly forcible: boolean;
}

export type RankRule = "continuation" | "deepest_loss" | "replacements" | "expected_profit" | "oldest";

export interface ReceiptView {
  readonly id: string;
  readonly hook_id: string;
  readonly account_id: string;
  readonly status: "accepted" | "duplicate" | "stale" | "refused" | "rate_limited" | "unauthorised";
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
  readonly symbol: string | null;
  readonly timeframe: number | null;
  readonly side: string | null;
  readonly intent: string | null;
  readonly received_at: string;
  readonly signal_id: string | null;
  readonly exit_code?: string | null;
}

export interface Remark {
  readonly code: string;
  readonly level: "warning" | "problem";
  readonly text: string;
  readonly field: string;
  readonly symbol?: string | null;
}

export interface RestoreBody {
  readonly restore: number;
  readonly version: number;
}

export interface RiskActionView {
  readonly id: number;
  readonly at: string;
  readonly kind: "risk_reviewed" | "risk_action";
  readonly action: string;
  readonly loser: string | null;
  readonly symbol: string | null;
  readonly winners: readonly Readonly<Record<string, string>>[];
  readonly figures: Readonly<Record<string, string>>;
  readonly notes: string;
}

export interface RiskPlan {
  readonly id: string;
  readonly status: "winners" | "loser" | "done" | "failed";
  readonly loser_id: string;
  readonly loser_symbol: string;
  readonly loser_price: string;
  readonly loser_quantity: string;
  readonly loser_fraction: string;
  readonly required_usd: string;
  readonly realized_usd: string;
  readonly winners: readonly RiskWinner[];
  readonly started_at: string;
  readonly note: string;
}

export interface RiskPosition {
  readonly group_id: string;
  readonly symbol: string;
  readonly timeframe: number;
  readonly side: "long" | "short";
  readonly pnl_usd: string | null;
  readonly pnl_percent: string | null;
  readonly code: string;
  readonly text: string;
  readonly timer_expires_at: string | null;
  readonly blocked: boolean;
  readonly skip_once: boolean;
  readonly invested_usd: string;
  readonly pyramid_count: number;
  readonly max_pyramids: number;
  readonly opened_at: string;
  readonly aged_at: string | null;
}

export interface RiskSettings_Input {
  readonly enabled?: boolean;
  readonly evaluate_interval_seconds?: number;
  readonly loss_threshold_percent?: string;
  readonly require_full_pyramids?: boolean;
  readonly timer_start_condition?: TimerStart;
  readonly post_full_wait_minutes?: number;
  readonly reset_timer_on_replacement?: boolean;
  readonly use_trade_age_filter?: boolean;
  readonly age_threshold_minutes?: number;
  readonly max_winners_to_combine?: number;
  readonly partial_close_enabled?: boolean;
  readonly min_close_notional_usd?: string;
  readonly on_insufficient_profit?: "wait" | "partial";
  readonly cover_tolerance_percent?: string;
  readonly closing_fee_percent?: string;
}

export interface RiskSettings_Output {
  readonly enabled?: boolean;
  readonly evaluate_interval_seconds?: number;
  readonly loss_threshold_percent?: string;
  readonly require_full_pyramids?: boolean;
  readonly timer_start_condition?: TimerStart;
  readonly post_full_wait_minutes?: number;
  readonly reset_timer_on_replacement?: boolean;
  readonly use_trade_age_filter?: boolean;
  readonly age_threshold_minutes?: number;
  readonly max_winners_to_combine?: number;
  readonly partial_close_enabled?: boolean;
  readonly min_close_notional_usd?: string;
  readonly on_insufficient_profit?: "wait" | "partial";
  readonly cover_tolerance_percent?: string;
  readonly closing_fee_percent?: string;
}

export interface RiskView {
  readonly account_id: string;
  readonly enabled: boolean;
  readonly reviewed_at: string | null;
  readonly code: string;
  readonly text: string;
  readonly loser_id: string | null;
  readonly loser_symbol: string | null;
  readonly loser_quantity: string;
  readonly loser_fraction: string;
  readonly loss_usd: string;
  readonly loss_percent: string;
  readonly required_usd: string;
  readonly available_usd: string;
  readonly shortfall_usd: string;
  readonly winners: readonly RiskWinner[];
  readonly left_out: readonly string[];
  readonly positions: readonly RiskPosition[];
  readonly plan: RiskPlan | null;
  readonly threshold_percent: string;
  readonly interval_seconds: number;
  readonly guard: GuardView;
  readonly locks: readonly LockView[];
  readonly day_loss_usd: string;
  readonly day_loss_max_usd: string | null;
}

export interface RiskWinner {
  readonly group_id: string;
  readonly symbol: string;
  readonly quantity: string;
  readonly price: string;
  readonly whole: boolean;
  readonly expected_usd: string;
  readonly realized_usd: string;
  readonly done: boolean;
}

export interface RunBody {
  readonly account: string;
}

export interface SavedView {
  readonly version: number;
  readonly author: string;
  readonly by_you: boolean;
  readonly created_at: string;
  readonly settings: AccountSettings_Output;
}

export interface SessionBody {
  readonly renew_token?: string | null;
}

export interface SessionView {
  readonly token: string;
  readonly expires_at: string;
  readonly renew_token: string;
  readonly user: UserView;
}

export interface SettingsBody {
  readonly version: number;
  readonly settings: AccountSettings_Input;
}

export type SizingMethod = "capital_share" | "fixed_usd" | "equity_percent" | "risk_percent" | "signal_size";

export interface SizingSettings_Input {
  readonly method?: SizingMethod;
  readonly pyramid_sizing?: "each" | "shared";
  readonly fixed_usd?: string;
  readonly equity_percent?: string;
  readonly risk_percent?: string;
}

export interface SizingSettings_Output {
  readonly method?: SizingMethod;
  readonly pyramid_sizing?: "each" | "shared";
  readonly fixed_usd?: string;
  readonly equity_percent?: string;
  readonly risk_percent?: string;
}

export interface StateBody {
  readonly state: "running" | "paused" | "halted";
}

export interface StopLossGuard {
  readonly kind?: "stop_loss_guard";
  readonly lookback_minutes: number;
  readonly max_losses: number;
  readonly only_symbol?: boolean;
  readonly stop_minutes: number;
}

export interface StopRules {
  readonly loss_percent: string | null;
  readonly trailing_percent: string | null;
  readonly break_even_at_percent: string | null;
  readonly of_signal: boolean;
  readonly at_break_even: boolean;
}

export interface StopSettings_Input {
  readonly stop_loss_percent?: string | null;
  readonly trailing_stop_percent?: string | null;
  readonly trailing_take_profit_percent?: string | null;
  readonly trailing_step_percent?: string | null;
  readonly break_even_at_percent?: string | null;
  readonly execution?: "monitor" | "resting";
  readonly time_limit_minutes?: number | null;
}

export interface StopSettings_Output {
  readonly stop_loss_percent?: string | null;
  readonly trailing_stop_percent?: string | null;
  readonly trailing_take_profit_percent?: string | null;
  readonly trailing_step_percent?: string | null;
  readonly break_even_at_percent?: string | null;
  readonly execution?: "monitor" | "resting";
  readonly time_limit_minutes?: number | null;
}

export interface StopView {
  readonly price: string;
  readonly quantity: string;
  readonly where: "venue" | "sending" | "engine";
  readonly resting_quantity: string;
}

export type TakeProfitExecution = "monitor" | "resting";

export type TakeProfitMode = "per_leg" | "aggregate" | "hybrid" | "pyramid_aggregate";

export interface TargetLine {
  readonly pyramid: number | null;
  readonly leg: number | null;
  readonly quantity: string;
  readonly price: string;
}

export interface TargetsBody {
  readonly tp_mode?: TakeProfitMode | null;
  readonly tp_execution?: TakeProfitExecution | null;
  readonly tp_aggregate_percent?: string | null;
}

export interface TargetsPreview {
  readonly before: readonly TargetLine[];
  readonly after: readonly TargetLine[];
  readonly execution: TakeProfitExecution;
  readonly cancels: number;
}

export interface TargetsWish {
  readonly tp_mode?: TakeProfitMode | null;
  readonly tp_execution?: TakeProfitExecution | null;
  readonly tp_aggregate_percent?: string | null;
}

export interface TemplateView {
  readonly name: string;
  readonly title: string;
  readonly explanation: string;
  readonly changes: readonly Change[];
  readonly settings: AccountSettings_Output;
}

export type TimerStart = "after_5_pyramids" | "after_all_dca_submitted" | "after_all_dca_filled";

export interface TradeDetail {
  readonly trade: TradeView;
  readonly entries: readonly TradeOrder[];
  readonly exits: readonly TradeOrder[];
  readonly executions: readonly Execution[];
}

export interface TradeOrder {
  readonly order_id: string;
  readonly venue_order_id: string | null;
  readonly purpose: string;
  readonly at: string;
  readonly price: string;
  readonly quantity: string;
  readonly fee_usd: string;
}

export interface TradeView {
  readonly id: string;
  readonly account_id: string;
  readonly venue: string;
  readonly symbol: string;
  readonly timeframe: number;
  readonly side: string;
  readonly status: "won" | "lost" | "even";
  readonly opened_at: string;
  readonly closed_at: string;
  readonly duration_seconds: number;
  readonly pyramid_count: number;
  readonly quantity: string;
  readonly entry_price: string;
  readonly exit_price: string | null;
  readonly cost_usd: string;
  readonly fees_usd: string;
  readonly realized_pnl_usd: string;
  readonly realized_pnl_percent: string;
  readonly exit_reason: string | null;
  readonly source: string;
  readonly strategy: string;
  readonly strategy_version: string;
  readonly mae_percent: string | null;
  readonly mfe_percent: string | null;
  readonly imported: boolean;
}

export interface TradingBody {
  readonly state: "running" | "paused" | "halted";
}

export interface UserView {
  readonly id: string;
  readonly telegram_id: number;
  readonly first_name: string;
  readonly username: string | null;
  readonly language: string | null;
  readonly role: string;
}

export interface ValidateBody {
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface VenueView {
  readonly name: string;
  readonly reachable: boolean;
  readonly breaker: string;
  readonly note: string;
  readonly latency_ms: number | null;
  readonly clock_offset_s: number | null;
  readonly limit_used: number | null;
  readonly rules_age_s: number | null;
  readonly stream_age_s: number | null;
}

export interface VenuesView {
  readonly running: boolean;
  readonly heartbeat_age: number | null;
  readonly venues: readonly VenueView[];
}

export interface VersionView {
  readonly version: number;
  readonly author: string;
  readonly by_you: boolean;
  readonly created_at: string;
  readonly in_force: boolean;
  readonly summary: string;
  readonly changes: readonly Change[];
}

export interface WebhookBody {
  readonly account: string;
  readonly url: string;
  readonly label?: string;
}

export interface WebhookView {
  readonly id: string;
  readonly account_id: string;
  readonly label: string;
  readonly url: string;
  readonly secret: string;
  readonly created_at: string;
  readonly failures: number;
  readonly retry_at: string | null;
  readonly last_at: string | null;
  readonly last_answer: string | null;
  readonly disabled_at: string | null;
}
