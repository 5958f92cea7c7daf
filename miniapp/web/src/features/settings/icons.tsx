// Icons of these screens, in the family of the others.
import { draw } from "../../ui/icons";

export const StepsIcon = draw(<path d="M4 6h4v4.500h4V15h4v4.500h4" />);
export const TargetIcon = draw(
  <>
    <circle cx="12" cy="12" r="8" />
    <circle cx="12" cy="12" r="3.600" />
    <path d="M12 12v.1" />
  </>,
);
export const ShieldIcon = draw(
  <path d="M12 3.800 5 6.500v5.200c0 4 2.800 7 7 8.500 4.200-1.500 7-4.500 7-8.500V6.500z" />,
);
export const ScaleIcon = draw(
  <path d="M12 4.500v15M7.500 19.500h9M5 7.500h14M5 7.500l-2.200 6a2.600 2.600 0 0 0 4.400 0zM19 7.500l-2.200 6a2.600 2.600 0 0 0 4.400 0z" />,
);
export const LinesIcon = draw(
  <path d="M8.500 6.500H20M8.500 12H20M8.500 17.500H20M4 6.500h.1M4 12h.1M4 17.500h.1" />,
);
export const HandIcon = draw(
  <path d="m4.500 12.500 3.300 3.300L15 8.500M11 14.800l1 1 7.500-7.300" />,
);
export const FileIcon = draw(
  <path d="M7 3.800h6.500L18 8.300v10.200a1.700 1.700 0 0 1-1.700 1.700H7.700A1.700 1.700 0 0 1 6 18.500V4.800a1 1 0 0 1 1-1zM13.300 4v4.500H18" />,
);
export const SparkIcon = draw(
  <path d="M12 4v4M12 16v4M4 12h4M16 12h4M7 7l2 2M15 15l2 2M17 7l-2 2M9 15l-2 2" />,
);
export const LockIcon = draw(
  <path d="M7 10.500h10a1.500 1.500 0 0 1 1.500 1.500v6a1.500 1.500 0 0 1-1.500 1.500H7A1.500 1.500 0 0 1 5.500 18v-6A1.500 1.500 0 0 1 7 10.500zM8.500 10.500V8a3.500 3.500 0 0 1 7 0v2.500" />,
);
export const PlusIcon = draw(<path d="M12 5.500v13M5.500 12h13" />);
export const MoveUpIcon = draw(<path d="M12 19V5.500M6.500 11 12 5.500l5.500 5.500" />);
export const MoveDownIcon = draw(<path d="M12 5v13.500M6.500 13l5.500 5.500 5.500-5.500" />);
export const ArrowIcon = draw(<path d="M5 12h13.500M13 6.500l5.500 5.500-5.500 5.500" />);
