import type { LitElement } from 'lit';

/** Tells, while a component is in the page, whether it is on the screen: at first, and whenever that changes. */
export function onScreen(host: LitElement, tell: (visible: boolean) => void): void {
  const observer = new IntersectionObserver(([{ isIntersecting }]) => tell(isIntersecting));
  host.addController({
    hostConnected: () => observer.observe(host),
    hostDisconnected: () => observer.disconnect(),
  });
}
