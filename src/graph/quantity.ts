const decimal: Readonly<Record<string, bigint>> = {
  n: 1n,
  u: 1_000n,
  m: 1_000_000n,
  '': 10n ** 9n,
  k: 10n ** 12n,
  M: 10n ** 15n,
  G: 10n ** 18n,
  T: 10n ** 21n,
  P: 10n ** 24n,
  E: 10n ** 27n,
};
const binary: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};

/**
 * A Kubernetes quantity (`500m`, `1.5Gi`, `2e3`) as an exact integer of nano units, rounded up as `resource.Quantity` does;
 * undefined where the text is not a quantity. Source: apimachinery pkg/api/resource.
 */
export function quantity(text: string | number | undefined): bigint | undefined {
  if (text === undefined || text === null) return undefined;
  const match = /^([+-]?)(\d+)?(?:\.(\d*))?(?:([eE][+-]?\d{1,3})|(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E))?$/.exec(
    String(text).trim(),
  );
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent, suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  let numerator = BigInt(whole + fraction);
  let denominator = 10n ** BigInt(fraction.length);
  if (exponent !== undefined) {
    const power = Number(exponent.slice(1));
    if (power >= 0) numerator *= 10n ** BigInt(power);
    else denominator *= 10n ** BigInt(-power);
  }
  const bytes = binary[suffix];
  numerator *= bytes === undefined ? decimal[suffix]! : bytes * 10n ** 9n;
  const rounded = (numerator + denominator - 1n) / denominator;
  return sign === '-' ? -rounded : rounded;
}

/** Nano units as text: CPU in millis (`500m`), everything else in the largest binary or plain unit that fits. */
export function quantityText(resource: string, nano: bigint): string {
  if (resource === 'cpu' || resource.endsWith('.cpu')) {
    const millis = nano / 1_000_000n;
    return millis % 1000n === 0n ? String(millis / 1000n) : `${millis}m`;
  }
  const units = nano / 10n ** 9n;
  if (!/(^|\.)(memory|storage|ephemeral-storage)$|^hugepages-/.test(resource)) return String(units);
  for (const suffix of ['Ti', 'Gi', 'Mi', 'Ki'] as const) {
    const size = binary[suffix]!;
    if (units >= size) {
      const tenths = (units * 10n) / size;
      return tenths % 10n === 0n ? `${tenths / 10n}${suffix}` : `${tenths / 10n}.${tenths % 10n}${suffix}`;
    }
  }
  return String(units);
}
