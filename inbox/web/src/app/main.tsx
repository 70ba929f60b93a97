import '@fontsource-variable/inter';
import '@/styles/base.css';
import '@/styles/tokens.css';
import '@/styles/mantine-parts.css';
import '@/styles/mantine.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyDensity, useScheme } from './preferences';
import { queryClient, router } from './router';
import { theme } from './theme';

applyDensity();

// No style elements: the content security policy refuses them. Variables come from src/styles instead.
function Usher() {
  return (
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      forceColorScheme={useScheme()}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Usher />
  </StrictMode>,
);
