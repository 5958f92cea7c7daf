// One file for the rarely opened screens: small enough to come together.
export { AlertsScreen } from "./features/alerts/screen";
export { ConnectScreen } from "./features/connect/screen";
export { ExchangesScreen } from "./features/keys/screen";
export { AboutScreen, MoreScreen } from "./features/more/screen";
export { TradesScreen } from "./features/trades/screen";
