// Candles with the group's prices on them. Its own chunk: only this screen pays for the library.
import {
  type AutoscaleInfo,
  CandlestickSeries,
  createChart,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  LineStyle,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "preact/hooks";
import type { CandleView } from "../../api/contract";
import { forGeometry, places } from "../../format/decimal";
import { currentLocale } from "../../format/number";
import { palette } from "../../telegram/paint";
import type { Palette } from "../../telegram/palette";
import type { Level } from "./levels";

interface Props {
  readonly candles: readonly CandleView[];
  readonly levels: readonly Level[];
  /** The newest price; it moves the last bar between two reads. */
  readonly live: string | null;
  readonly summary: string;
}

type Series = ISeriesApi<"Candlestick">;

const REACH = 1.2; // Levels further away than this many ranges of the candles are left outside.
const RIGHT_BARS = 5; // Room for the labels of levels, and for the last time below.
const DAYS_AND_LONGER = 2; // Tick mark types 0..2 are year, month, day.

/** Widens the price scale so that the levels near the candles are in the picture. */
function withLevels(levels: readonly Level[], range: AutoscaleInfo | null): AutoscaleInfo | null {
  const own = range?.priceRange;
  if (!own) return range;
  const reach = (own.maxValue - own.minValue) * REACH;
  const near = levels
    .map((level) => forGeometry(level.price))
    .filter((value) => value > own.minValue - reach && value < own.maxValue + reach);
  return {
    ...range,
    priceRange: {
      minValue: Math.min(own.minValue, ...near),
      maxValue: Math.max(own.maxValue, ...near),
    },
  };
}

/** Clock and calendar in the user's own zone; the library would write UTC. */
function localTime(seconds: Time, day: boolean): string {
  return new Intl.DateTimeFormat(
    currentLocale(),
    day ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" },
  ).format(new Date(Number(seconds) * 1000));
}

const STYLES = {
  average: { key: "text", style: LineStyle.Solid },
  leg: { key: "accent", style: LineStyle.Dashed },
  filled: { key: "accent", style: LineStyle.Solid },
  target: { key: "up", style: LineStyle.Dotted },
  stop: { key: "down", style: LineStyle.Dotted },
} as const;

function paint(chart: IChartApi, series: Series, colours: Palette): void {
  chart.applyOptions({
    layout: { background: { color: "transparent" }, textColor: colours.hint },
    grid: { vertLines: { visible: false }, horzLines: { color: colours.separator } },
    crosshair: { vertLine: { color: colours.hint }, horzLine: { color: colours.hint } },
  });
  series.applyOptions({
    upColor: colours.up,
    downColor: colours.down,
    wickUpColor: colours.up,
    wickDownColor: colours.down,
    borderVisible: false,
  });
}

function drawLevels(series: Series, levels: readonly Level[], colours: Palette): IPriceLine[] {
  return levels.map((level) =>
    series.createPriceLine({
      price: forGeometry(level.price),
      color: colours[STYLES[level.kind].key],
      lineStyle: STYLES[level.kind].style,
      lineWidth: level.kind === "average" ? 2 : 1,
      axisLabelVisible: level.labelled,
      title: level.title,
    }),
  );
}

const bar = (candle: CandleView) => ({
  time: (Date.parse(candle.at) / 1000) as UTCTimestamp,
  open: forGeometry(candle.open),
  high: forGeometry(candle.high),
  low: forGeometry(candle.low),
  close: forGeometry(candle.close),
});

export default function Chart({ candles, levels, live, summary }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<{ chart: IChartApi; series: Series } | undefined>(undefined);
  useEffect(() => {
    if (!place.current) return;
    const chart = createChart(place.current, {
      autoSize: true,
      handleScroll: { vertTouchDrag: false },
      // The library's own logo injects styles; the notice stands on the About screen.
      layout: { attributionLogo: false, fontSize: 11 },
      rightPriceScale: {
        borderVisible: false,
        scaleMargins: { top: 0.08, bottom: 0.08 },
        entireTextOnly: true,
      },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        secondsVisible: false,
        rightOffset: RIGHT_BARS,
        tickMarkFormatter: (time: Time, type: number) => localTime(time, type <= DAYS_AND_LONGER),
      },
      localization: {
        timeFormatter: (time: Time) => `${localTime(time, true)} ${localTime(time, false)}`,
      },
    });
    const series = chart.addSeries(CandlestickSeries, { priceLineVisible: false });
    made.current = { chart, series };
    const stop = palette.subscribe((colours) => paint(chart, series, colours));
    return () => {
      stop();
      made.current = undefined;
      chart.remove();
    };
  }, []);
  useEffect(() => {
    const bars = candles.map(bar).sort((a, b) => a.time - b.time);
    const precision = Math.min(8, Math.max(0, ...candles.slice(-20).map((c) => places(c.close))));
    made.current?.series.applyOptions({
      priceFormat: { type: "price", precision, minMove: 10 ** -precision },
    });
    made.current?.series.setData(bars);
  }, [candles]);
  useEffect(() => {
    const last = candles.at(-1);
    if (!last || live === null) return;
    const now = forGeometry(live);
    const shape = bar(last);
    const high = Math.max(shape.high, now);
    made.current?.series.update({ ...shape, close: now, high, low: Math.min(shape.low, now) });
  }, [candles, live]);
  useEffect(() => {
    made.current?.series.applyOptions({
      autoscaleInfoProvider: (own: () => AutoscaleInfo | null) => withLevels(levels, own()),
    });
    let lines: IPriceLine[] = [];
    const stop = palette.subscribe((colours) => {
      const series = made.current?.series;
      if (!series) return;
      for (const old of lines) series.removePriceLine(old);
      lines = drawLevels(series, levels, colours);
    });
    return () => {
      stop();
      for (const old of lines) made.current?.series.removePriceLine(old);
    };
  }, [levels]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a form control
    <div class="chart" dir="ltr" ref={place} role="group" aria-label={summary} />
  );
}
