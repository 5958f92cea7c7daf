// One family of icons: 24 units, 1.8 stroke, round joins. Decorative; the word beside them speaks.
import type { ComponentChildren } from "preact";

interface Props {
  readonly size?: number;
  readonly class?: string;
}

export function draw(children: ComponentChildren, filled = false) {
  return function Icon({ size = 24, class: name }: Props) {
    return (
      <svg
        aria-hidden="true"
        class={name ? `icon ${name}` : "icon"}
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill={filled ? "currentColor" : "none"}
        stroke={filled ? "none" : "currentColor"}
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        {children}
      </svg>
    );
  };
}

export const HomeIcon = draw(
  <path d="M4 11.2 12 4.5l8 6.7v7.3a1.5 1.5 0 0 1-1.5 1.5H15v-5.5H9V20H5.5A1.5 1.5 0 0 1 4 18.5z" />,
);
export const OffersIcon = draw(
  <path d="M4 13.5 6.6 6a2 2 0 0 1 1.9-1.4h7A2 2 0 0 1 17.4 6L20 13.5v4A2 2 0 0 1 18 19.5H6a2 2 0 0 1-2-2zM4 13.5h4.5l1.3 2.5h4.4l1.3-2.5H20" />,
);
export const PositionsIcon = draw(
  <path d="M12 4 3.8 8.2 12 12.4l8.2-4.2zM3.8 12.2 12 16.4l8.2-4.2M3.8 16.2 12 20.4l8.2-4.2" />,
);
export const MoreIcon = draw(
  <>
    <circle cx="5.5" cy="12" r="1.9" />
    <circle cx="12" cy="12" r="1.9" />
    <circle cx="18.5" cy="12" r="1.9" />
  </>,
  true,
);
export const PauseIcon = draw(<path d="M8.5 5.5v13M15.5 5.5v13" stroke-width="3" />);
export const PlayIcon = draw(
  <path d="M8 5.6v12.8a.8.8 0 0 0 1.2.7l10.3-6.4a.8.8 0 0 0 0-1.4L9.2 4.9A.8.8 0 0 0 8 5.6z" />,
  true,
);
export const SendIcon = draw(<path d="m4.5 11.2 15-6.7-4 15.5-4.3-5.3zM11.2 14.7l8.3-10.2" />);
export const StopIcon = draw(
  <path d="M8.6 4h6.8L20 8.6v6.8L15.4 20H8.6L4 15.4V8.6zM9.5 9.5l5 5M14.5 9.5l-5 5" />,
);
export const ChevronIcon = draw(<path d="m9.5 6 6 6-6 6" />);
export const BackIcon = draw(<path d="m14.5 6-6 6 6 6" />);
export const CheckIcon = draw(<path d="m5 12.8 4.6 4.7L19 7.5" />);
export const CrossIcon = draw(<path d="m6.5 6.5 11 11M17.5 6.5l-11 11" />);
export const ClockIcon = draw(
  <>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 7.5V12l3 2" />
  </>,
);
export const WarningIcon = draw(<path d="M12 4.5 3.5 19h17zM12 10.2v4M12 16.5v.1" />);
export const OfflineIcon = draw(
  <path d="M4 4.5 19.5 20M5 10.5a11 11 0 0 1 3.3-2M11.5 7.5A11 11 0 0 1 19 10.5M8.2 14a6 6 0 0 1 3-1.6M12 18v.1" />,
);
export const UndoIcon = draw(<path d="M8.5 5 4.5 9l4 4M5 9h8.5a5.5 5.5 0 0 1 0 11H9" />);
export const BellIcon = draw(<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4" />);
export const ShieldIcon = draw(
  <path d="M12 4 5.500 6.500v5c0 4 2.700 6.800 6.500 8.500 3.800-1.700 6.500-4.500 6.500-8.500v-5zM9.200 12l2 2 3.600-4" />,
);
export const WalletIcon = draw(
  <path d="M5.5 6.5h11A1.5 1.5 0 0 1 18 8v1.5M5.5 6.5A1.5 1.5 0 0 0 4 8v9.5A2 2 0 0 0 6 19.5h12.5A1.5 1.5 0 0 0 20 18v-7a1.5 1.5 0 0 0-1.5-1.5H5.5A1.5 1.5 0 0 1 4 8M16 14.5h.1" />,
);
export const ArrowsIcon = draw(
  <path d="M7 5v14M7 5 4 8.5M7 5l3 3.5M17 19V5M17 19l-3-3.5M17 19l3-3.5" />,
);
export const UpIcon = draw(<path d="M12 6.5 19 17H5z" />, true);
export const DownIcon = draw(<path d="M12 17.5 5 7h14z" />, true);
