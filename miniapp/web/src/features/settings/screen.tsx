// Settings of an account: which of its screens, on one draft.
import { Redirect, useLocation } from "wouter-preact";
import type { FormView } from "../../api/contract";
import { language } from "../../text";
import { Loaded, Skeleton } from "../../ui/loaded";
import { type InForce, useCheck, useForm, useInForce } from "./api";
import { Bar } from "./bar";
import { editing, usePaused, useRebase } from "./draft";
import { FileScreen } from "./file";
import { LadderScreen } from "./ladder";
import { LaddersScreen } from "./ladders";
import { OpenScreen } from "./open";
import { Overview } from "./overview";
import { SavedSheet } from "./review";
import type { Scope } from "./scope";
import { SectionScreen } from "./section";
import "./settings.css";
import "./whole.css";
import { TemplatesScreen } from "./templates";
import { translated } from "./translation";
import { VersionsScreen } from "./versions";

const WHOLE = {
  versions: VersionsScreen,
  templates: TemplatesScreen,
  file: FileScreen,
  open: OpenScreen,
} as const;

function Place({ scope, place, rest }: { scope: Scope; place: string; rest: string }) {
  if (!place) return <Overview scope={scope} />;
  const Whole = WHOLE[place as keyof typeof WHOLE];
  if (Whole) return <Whole scope={scope} />;
  if (place === "ladders") {
    return rest ? <LadderScreen scope={scope} name={rest} /> : <LaddersScreen scope={scope} />;
  }
  const section = scope.form.sections.find((one) => one.name === place);
  if (!section) return <Redirect to="/settings" replace />;
  return <SectionScreen scope={scope} section={section} />;
}

interface InsideProps {
  readonly account: string;
  readonly form: FormView;
  readonly inForce: InForce;
}

function Inside({ account, form, inForce }: InsideProps) {
  const [path] = useLocation();
  const [, , place = "", rest = ""] = path.split("/");
  useRebase(account, inForce);
  const draft = editing(account, inForce);
  const paused = usePaused(draft.doc);
  const asks = draft.changed.length > 0 || place === "ladders";
  const answer = useCheck(account, paused, asks).data;
  const check = asks ? answer : undefined;
  const locked = inForce.document.read_only === true;
  const scope: Scope = { account, form, inForce, editing: draft, check, locked };
  const draftless = place in WHOLE;
  return (
    <div class="settings">
      <Place scope={scope} place={place} rest={rest} />
      {!draftless && <Bar scope={scope} />}
      <SavedSheet />
    </div>
  );
}

function SettingsScreen({ account }: { account: string }) {
  const form = useForm();
  const inForce = useInForce(account);
  const skeleton = <Skeleton shapes={["title", "row", "row", "row", "row"]} />;
  return (
    <Loaded query={form} skeleton={skeleton}>
      {(known) => (
        <Loaded query={inForce} skeleton={skeleton}>
          {(now) => <Inside account={account} form={known} inForce={now} />}
        </Loaded>
      )}
    </Loaded>
  );
}

/** The screen, once the words of its language have come. */
export async function settingsScreen(): Promise<typeof SettingsScreen> {
  await translated();
  return SettingsScreen;
}

// A change of language draws everything anew; the words follow as soon as they are there.
language.subscribe(() => void translated());
