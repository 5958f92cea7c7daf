// The screens a person may not open on this visit: their own files, fetched once the page is idle.
import { later } from "./ui/later";

export const PositionScreen = later(() =>
  import("./features/position/screen").then((file) => file.PositionScreen),
);
const rare = () => import("./rare");
export const TradesScreen = later(() => rare().then((file) => file.TradesScreen));
export const AlertsScreen = later(() => rare().then((file) => file.AlertsScreen));
export const MoreScreen = later(() => rare().then((file) => file.MoreScreen));
export const AboutScreen = later(() => rare().then((file) => file.AboutScreen));
export const ExchangesScreen = later(() => rare().then((file) => file.ExchangesScreen));
export const ConnectScreen = later(() => rare().then((file) => file.ConnectScreen));

const trading = () => import("./trading");
export const QueueScreen = later(() => trading().then((file) => file.QueueScreen));
export const EmergencySheet = later(() => trading().then((file) => file.EmergencySheet));
export const AccountScreen = later(() => trading().then((file) => file.AccountScreen));
export const WebhooksScreen = later(() => trading().then((file) => file.WebhooksScreen));
export const RiskScreen = later(() => trading().then((file) => file.RiskScreen));
export const SettingsScreen = later(() =>
  import("./features/settings/screen").then((file) => file.settingsScreen()),
);

/** Fetches them all in a quiet moment. */
export function prefetchScreens(): void {
  PositionScreen.prefetch();
  SettingsScreen.prefetch();
  MoreScreen.prefetch(); // One file with all the rare ones.
  QueueScreen.prefetch();
}
