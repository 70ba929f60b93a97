import { createTheme, type MantineColorsTuple } from '@mantine/core';

// Mantine wants ten shades; we have roles. src/styles/mantine.css gives each role its token.
const role = (token: string) =>
  Array.from({ length: 10 }, () => `var(${token})`) as unknown as MantineColorsTuple;

export const theme = createTheme({
  fontFamily: 'var(--font)',
  primaryColor: 'usher',
  colors: { usher: role('--accent'), danger: role('--danger') },
  variantColorResolver: ({ variant, color }) => {
    const c = color === 'danger' ? 'danger' : 'usher';
    if (variant === 'filled') {
      return {
        background: `var(--mantine-color-${c}-filled)`,
        hover: `var(--mantine-color-${c}-filled-hover)`,
        color: 'var(--on-accent)',
        border: '1px solid transparent',
      };
    }
    if (variant === 'subtle' || variant === 'transparent') {
      return {
        background: 'transparent',
        hover: 'var(--surface-2)',
        color: c === 'danger' ? 'var(--danger)' : 'var(--text)',
        border: '1px solid transparent',
      };
    }
    if (variant === 'light') {
      return {
        background: `var(--mantine-color-${c}-light)`,
        hover: `var(--mantine-color-${c}-light-hover)`,
        color: `var(--mantine-color-${c}-light-color)`,
        border: '1px solid transparent',
      };
    }
    return {
      background: 'var(--surface-1)',
      hover: 'var(--surface-2)',
      color: c === 'danger' ? 'var(--danger)' : 'var(--text-strong)',
      border: '1px solid var(--border)',
    };
  },
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'default' } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'md' } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: false, transitionProps: { duration: 80 } } },
    // The placeholder that takes the first focus is no item, which a menu may not hold.
    Menu: {
      defaultProps: {
        shadow: 'md',
        transitionProps: { duration: 80 },
        withInitialFocusPlaceholder: false,
      },
    },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
    // lockScroll would add a style element, which the content security policy refuses; the page itself never scrolls.
    Modal: {
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 100 },
        overlayProps: { color: 'var(--veil)', backgroundOpacity: 1 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
    },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 100 } } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Textarea: { defaultProps: { size: 'sm' } },
  },
});
