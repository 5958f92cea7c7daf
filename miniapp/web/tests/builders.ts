// Objects as the server sends them, for tests: whole, plausible, with what a test changes on top.
import type {
  AccountView,
  EndingView,
  EventView,
  GroupDetail,
  GroupView,
  LegView,
  OfferView,
  PeriodView,
  QueueView,
  RiskPosition,
  RiskView,
  StopRules,
  StopView,
  TradeView,
} from "../src/api/contract";

export const T0 = Date.parse("2026-11-20T10:00:00Z");
export const at = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString();

export function account(changes: Partial<AccountView> = {}): AccountView {
  return {
    id: "01account",
    venue: "paper",
    label: "Paper",
    quote_currency: "USDT",
    state: "running",
    halt_reason: null,
    total_capital_usd: "10000",
    max_open_groups: 10,
    settings_version: 1,
    created_at: at(0),
    market: "spot",
    board: "paper",
    ...changes,
  };
}

export function offer(changes: Partial<OfferView> = {}): OfferView {
  return {
    id: "01offer",
    account_id: "01account",
    signal_id: "01signal",
    receipt_id: null,
    version: 1,
    status: "pending",
    symbol: "ETH/USDT",
    timeframe: 15,
    side: "long",
    entry_price: "3421.5",
    market_price: "3422",
    legs: [],
    capital_usd: "1000",
    capital_percent: "10",
    size_factor: "1",
    exposure_before_usd: "0",
    exposure_after_usd: "1000",
    average_if_filled: "3387.28",
    target_price: "3455.72",
    stop_price: null,
    pyramid_step: 1,
    max_pyramids: 5,
    place: "slot",
    place_text: "Opens slot 1 of 10.",
    slots_taken: 0,
    slots_total: 10,
    reason: "Breakout retest.",
    source: "tradingview",
    strategy: "Fib RSI",
    created_at: at(0),
    expires_at: at(900),
    decided_by: null,
    decided_channel: null,
    decided_at: null,
    effective_at: null,
    undo_seconds_left: 0,
    taken: false,
    group_id: null,
    outcome_code: null,
    outcome_text: null,
    ...changes,
  };
}

export function group(changes: Partial<GroupView> = {}): GroupView {
  return {
    id: "01group",
    account_id: "01account",
    venue: "paper",
    symbol: "BTC/USDT",
    timeframe: 15,
    side: "long",
    status: "active",
    pyramid_count: 1,
    max_pyramids: 5,
    legs_filled: 1,
    legs_total: 5,
    base_entry_price: "100",
    weighted_avg_price: "100",
    mark_price: "101",
    mark_at: at(0),
    mark_stale: false,
    board: "paper",
    invested_usd: "200",
    open_quantity: "2",
    closed_quantity: "0",
    unrealized_pnl_usd: "2",
    unrealized_pnl_percent: "1",
    realized_pnl_usd: "0",
    fees_usd: "0.2",
    tp_mode: "per_leg",
    tp_aggregate_percent: "1",
    next_tp_price: "102",
    next_entry_price: "99",
    source: "tradingview",
    strategy: "Fib RSI",
    exit_reason: null,
    created_at: at(0),
    updated_at: at(0),
    closed_at: null,
    ...changes,
  };
}

export function event(changes: Partial<EventView> = {}): EventView {
  return {
    id: 1,
    account_id: "01account",
    seq: 1,
    at: at(0),
    kind: "leg_filled",
    reason: "Leg 1 filled at 100.",
    group_id: "01group",
    symbol: "BTC/USDT",
    severity: "info",
    data: {},
    correlation_id: null,
    ...changes,
  };
}

export function leg(changes: Partial<LegView> = {}): LegView {
  return {
    pyramid: 0,
    index: 0,
    order_type: "limit",
    price: "100",
    quantity: "2",
    gap_percent: "0",
    weight_percent: "20",
    tp_percent: "1",
    capital_usd: "200",
    status: "open",
    filled_quantity: "0",
    avg_fill_price: null,
    fee_usd: "0",
    tp_price: null,
    tp_hit: false,
    closed_quantity: "0",
    realized_pnl_usd: "0",
    progress_percent: null,
    submitted_at: null,
    filled_at: null,
    ...changes,
  };
}

export function queued(changes: Partial<QueueView> = {}): QueueView {
  return {
    signal_id: "01signal",
    account_id: "01account",
    symbol: "SOL/USDT",
    timeframe: 60,
    side: "long",
    rank: 1,
    of: 1,
    explanation: "1st of 1: waiting 14 min.",
    entry_price: "150",
    current_loss_percent: "0",
    replacement_count: 0,
    queued_at: at(0),
    expires_at: at(86_400),
    continues: false,
    expected_profit_usd: "12.5",
    blocked_code: null,
    blocked_text: null,
    forcible: false,
    ...changes,
  };
}

export function riskPosition(changes: Partial<RiskPosition> = {}): RiskPosition {
  return {
    group_id: "01group",
    symbol: "SOL/USDT",
    timeframe: 15,
    side: "long",
    pnl_usd: "-120.5",
    pnl_percent: "-8.31",
    code: "loser",
    text: "It may be closed with the profit of winners.",
    timer_expires_at: at(0),
    blocked: false,
    skip_once: false,
    invested_usd: "1450",
    pyramid_count: 5,
    max_pyramids: 5,
    opened_at: at(-3600),
    aged_at: null,
    ...changes,
  };
}

export function risk(changes: Partial<RiskView> = {}): RiskView {
  return {
    account_id: "01account",
    enabled: true,
    reviewed_at: at(0),
    code: "no_loser",
    text: "No position is a loser that may be offset now.",
    loser_id: null,
    loser_symbol: null,
    loser_quantity: "0",
    loser_fraction: "0",
    loss_usd: "0",
    loss_percent: "0",
    required_usd: "0",
    available_usd: "0",
    shortfall_usd: "0",
    winners: [],
    left_out: [],
    positions: [],
    plan: null,
    threshold_percent: "-5",
    interval_seconds: 60,
    guard: {
      enabled: true,
      stage: "calm",
      equity_usd: "10842.18",
      peak_usd: "11098.55",
      drawdown_percent: "2.31",
      warn_percent: "15",
      soft_percent: "10",
      max_percent: "20",
      min_equity_usd: "0",
    },
    locks: [],
    day_loss_usd: "0",
    day_loss_max_usd: null,
    ...changes,
  };
}

export function stopRules(changes: Partial<StopRules> = {}): StopRules {
  return {
    loss_percent: "3",
    trailing_percent: null,
    break_even_at_percent: null,
    of_signal: false,
    at_break_even: false,
    ...changes,
  };
}

export function stop(changes: Partial<StopView> = {}): StopView {
  return { price: "97", quantity: "2", where: "engine", resting_quantity: "0", ...changes };
}

export function ending(changes: Partial<EndingView> = {}): EndingView {
  return { tp_execution: "monitor", stop_rules: null, closes_at: null, ...changes };
}

export function detail(changes: Partial<GroupDetail> = {}): GroupDetail {
  return {
    group: group(),
    pyramids: [],
    orders: [],
    ending: ending(),
    stop: null,
    ...changes,
  };
}

export function trade(changes: Partial<TradeView> = {}): TradeView {
  return {
    id: "01trade",
    account_id: "01account",
    venue: "paper",
    symbol: "BTC/USDT",
    timeframe: 60,
    side: "long",
    status: "won",
    opened_at: at(0),
    closed_at: at(5700),
    duration_seconds: 5700,
    pyramid_count: 1,
    quantity: "0.01",
    entry_price: "97000",
    exit_price: "98000",
    cost_usd: "970",
    fees_usd: "1.9",
    realized_pnl_usd: "8.1",
    realized_pnl_percent: "0.83",
    exit_reason: "target",
    source: "tradingview",
    strategy: "grid-trend",
    strategy_version: "2",
    mae_percent: null,
    mfe_percent: null,
    imported: false,
    ...changes,
  };
}

export function period(changes: Partial<PeriodView> = {}): PeriodView {
  return {
    begins: at(0),
    trades: 1,
    wins: 1,
    losses: 0,
    realized_pnl_usd: "8.1",
    fees_usd: "1.9",
    cost_usd: "970",
    best_pnl_usd: "8.1",
    worst_pnl_usd: "8.1",
    ...changes,
  };
}
