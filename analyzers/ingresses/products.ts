/** What is known of a product that serves Ingresses. */
export interface Product {
  /** Of `IngressClass.spec.controller`. */
  readonly controller: RegExp;
  /** The class name that the old annotation commonly has. */
  readonly annotation: string;
  /** Of the image's name without registry, tag and digest: products have demos and helpers of similar names. */
  readonly image: RegExp;
  /** Whether it serves Ingresses without a class, by its arguments; where not set it serves none, however it is started. */
  readonly takesClassless?: (given: readonly string[]) => boolean;
  /** An argument without which, or with which, it does not write addresses. */
  readonly needs?: RegExp;
  readonly stops?: RegExp;
}

export const products: readonly Product[] = [
  {
    controller: /^k8s\.io\//,
    annotation: 'nginx',
    image: /ingress-nginx|nginx-ingress-controller/,
    takesClassless: watchesClassless,
    stops: /^--update-status=false$/,
  },
  {
    controller: /^nginx\.org\//,
    annotation: 'nginx',
    image: /nginx\/nginx(-plus)?-ingress/,
    needs: /report-ingress-status/,
  },
  {
    controller: /^traefik\.io\//,
    annotation: 'traefik',
    image: /(?:^|[/-])traefik(?:ee)?$/,
    takesClassless: () => true,
    needs: /kubernetesingress\.(ingressendpoint|publishedservice)/i,
  },
  {
    controller: /^haproxy\.org\//,
    annotation: 'haproxy',
    image: /haproxy.*ingress|haproxytech\/kubernetes-ingress/,
    needs: /--publish-service/,
    takesClassless: (given) => given.some((one) => one.startsWith('--empty-ingress-class')) || !namesClass(given),
  },
  {
    controller: /^haproxy-ingress\.github\.io\//,
    annotation: 'haproxy',
    image: /haproxy.*ingress/,
    needs: /--publish-/,
    takesClassless: watchesClassless,
  },
  {
    controller: /^ingress\.k8s\.aws\//,
    annotation: 'alb',
    image: /aws-load-balancer-controller/,
    takesClassless: (given) => !namesClass(given),
  },
  // Settings that only its environment holds may make it take them.
  {
    controller: /konghq\.com\//,
    annotation: 'kong',
    image: /(?:^|[/-])kong(?:-gateway)?$|kong\/kubernetes-ingress-controller/,
    needs: /publish/,
    takesClassless: () => true,
  },
  {
    controller: /^projectcontour\.io\//,
    annotation: 'contour',
    image: /(?:^|[/-])contour$/,
    needs: /ingress-status-address/,
    takesClassless: (given) => !namesClass(given),
  },
  // Its mesh configuration says whether it takes them.
  {
    controller: /^istio\.io\//,
    annotation: 'istio',
    image: /istiod|(?:^|[/-])pilot$/,
    takesClassless: () => true,
  },
  { controller: /^cilium\.io\//, annotation: 'cilium', image: /cilium-operator|operator-generic/ },
  {
    controller: /^apisix\.apache\.org\//,
    annotation: 'apisix',
    image: /apisix-ingress/,
    needs: /ingress-status-address|publish/,
  },
  { controller: /^azure\/application-gateway/, annotation: 'azure/application-gateway', image: /application-gateway/ },
];

/** Of ingress-nginx and haproxy-ingress. */
function watchesClassless(given: readonly string[]): boolean {
  return given.some((one) => /^--watch-ingress-without-class(?:=true)?$/.test(one));
}

/** Whether a controller is told the class that it is to serve: without that word, some serve what has none. */
function namesClass(given: readonly string[]): boolean {
  return given.some((one) => /^--ingress[-.]class(?:-name)?(?:=.+)?$/.test(one));
}
