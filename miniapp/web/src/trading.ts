// One file for the screens of the engine's own work: small enough to come together.
export { EmergencySheet } from "./features/account/emergency";
export { AccountScreen } from "./features/account/screen";
export { QueueScreen } from "./features/queue/screen";
export { RiskScreen } from "./features/risk/screen";
export { WebhooksScreen } from "./features/webhooks/screen";
