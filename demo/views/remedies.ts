/** A browser without WebGPU. */
export interface Where {
  agent: string;
  /** Whether the page came by a way that nobody can change. */
  secure: boolean;
  /** Whether navigator.gpu is there, though it gives no adapter. */
  offered: boolean;
}

/** What to do for WebGPU in the browser of a user agent, most promising first. */
export function remedies({ agent, secure, offered }: Where): string[] {
  if (!secure) {
    return [
      'Open the page by https:// or from localhost: browsers offer WebGPU to secure pages only.',
    ];
  }
  const mobile = /Android|iPhone|iPad/.test(agent);
  if (/Firefox\//.test(agent)) {
    return [
      'Update Firefox: version 141 and later offer WebGPU on Windows, 145 and later on Macs with Apple silicon.',
      'Elsewhere open about:config, set dom.webgpu.enabled to true and restart Firefox.',
      'Or open this page in a current Chrome or Edge.',
    ];
  }
  if (/iPhone|iPad/.test(agent) || (/Safari\//.test(agent) && !/Chrom|Edg/.test(agent))) {
    return [
      'Update the system: Safari offers WebGPU from version 26 on (macOS, iOS and iPadOS 26).',
      mobile
        ? 'On earlier ones: Settings, Apps, Safari, Advanced, Feature Flags, WebGPU.'
        : 'On a Mac, Chrome and Edge offer it too.',
    ];
  }
  const name = /Edg\//.test(agent) ? 'edge' : 'chrome';
  return [
    offered
      ? `Restart the browser: after a GPU crash it may offer no GPU until then. Then look at ${name}://gpu for WebGPU.`
      : 'Update the browser: Chrome and Edge offer WebGPU from version 113 on (Android: 121).',
    `Turn on "Use graphics acceleration when available" in ${name}://settings/system, and update the graphics driver.`,
    ...(/Linux/.test(agent) && !mobile
      ? [
          `On Linux also turn on ${name}://flags/#enable-unsafe-webgpu and ${name}://flags/#enable-vulkan.`,
        ]
      : []),
  ];
}
