// Icons that only screens of later files draw: they would weigh on the first download.
import { draw } from "./icons";

export const HistoryIcon = draw(<path d="M4.5 5v4.5H9M4.8 9.5A8 8 0 1 1 4 12.5M12 8v4.5l3 1.8" />);

export const InfoIcon = draw(
  <>
    <circle cx="12" cy="12" r="8.2" />
    <path d="M12 11v5M12 7.8v.1" />
  </>,
);

export const HapticsIcon = draw(
  <path d="M8.5 5h7A1.5 1.5 0 0 1 17 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 7 17.5v-11A1.5 1.5 0 0 1 8.5 5zM3.5 9.5v5M20.5 9.5v5" />,
);

export const CopyIcon = draw(
  <path d="M9 9.5A1.5 1.5 0 0 1 10.5 8h8A1.5 1.5 0 0 1 20 9.5v9a1.5 1.5 0 0 1-1.5 1.5h-8A1.5 1.5 0 0 1 9 18.5zM6 16H5.500A1.5 1.5 0 0 1 4 14.500v-9A1.5 1.5 0 0 1 5.5 4h9A1.5 1.5 0 0 1 16 5.5" />,
);

export const KeyIcon = draw(<path d="M11.8 12.200a4.200 4.200 0 1 0 0 .1L20 4M16.500 7.500l3 3" />);

export const LinkIcon = draw(
  <path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.700l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.700l1-1" />,
);

export const SettingsIcon = draw(
  <path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4" />,
);
