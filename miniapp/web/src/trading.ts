// One file for the screens of the engine's own work: small enough to come together.
export { QueueScreen } from "./features/queue/screen";
export { RiskScreen } from "./features/risk/screen";
