/** What stands below the list of commands. */
export const examples = `
Examples:
  mekhanikube analyze                               the whole cluster of the current context
  mekhanikube analyze -n shop --severity info       what touches one namespace, hygiene included
  mekhanikube analyze deployment/web -n shop        one workload and whatever breaks it
  mekhanikube analyze -o json --fail-on critical    for scripts
  mekhanikube analyze --explain --model qwen3:8b    explained by a local model of Ollama
  mekhanikube analyze --context a --context b       several clusters; --all-contexts for all
  mekhanikube gpu                                   who holds the GPUs, and who waits for them
  mekhanikube certs                                 every certificate, those that end first on top
  mekhanikube watch --interval 5m                   print what changes, serve metrics and a page
  mekhanikube analyze --push-gateway pushgw:9091    send metrics to Prometheus as well
  mekhanikube snapshot cluster.jsonl.gz             record a cluster, to look at it elsewhere
  mekhanikube analyze --from cluster.jsonl.gz       diagnose a recording
  mekhanikube diff before.json after.json           what changed between two reports or recordings
`;

/** What stands below the help of the program and of analyze. */
export const exitCodesHelp = `
Exit codes:
  0  done
  1  an incident reached --fail-on
  2  could not run
  3  something was not seen and --require-complete was given
  4  the report could not be pushed, where neither 1 nor 3 applies
`;

/** Under which headings the commands are listed. */
export const groups = {
  diagnosis: 'Diagnosis:',
  lists: 'Lists:',
  records: 'Recordings and metrics:',
  setUp: 'Set-up:',
} as const;
