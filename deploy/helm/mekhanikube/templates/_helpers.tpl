{{- define "mekhanikube.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* Names of CronJobs may have 52 characters. */}}
{{- define "mekhanikube.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "mekhanikube.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "mekhanikube.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Names of what has no namespace: two releases of one name in two namespaces do not share them. */}}
{{- define "mekhanikube.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "mekhanikube.fullname" .) -}}
{{- end -}}

{{- define "mekhanikube.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "mekhanikube.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.create is false: name the account in serviceAccount.name" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "mekhanikube.selector" -}}
app.kubernetes.io/name: {{ include "mekhanikube.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "mekhanikube.labels" -}}
{{ include "mekhanikube.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{- define "mekhanikube.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $image.repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $image.repository (default .Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "mekhanikube.tokenSecret" -}}
{{- default (printf "%s-listen" (include "mekhanikube.fullname" .)) .Values.watch.tokenSecret -}}
{{- end -}}

{{/* The port of an address: written, or that of its scheme. Dict of `address` and the `port` of an address with neither. */}}
{{- define "mekhanikube.portOf" -}}
{{- $address := .address -}}
{{- if not (contains "://" $address) }}{{ $address = printf "none://%s" $address }}{{ end -}}
{{- $url := urlParse $address -}}
{{- $written := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- if $written }}{{ $written }}{{ else if eq $url.scheme "https" }}443{{ else if eq $url.scheme "http" }}80{{ else }}{{ .port }}{{ end -}}
{{- end -}}

{{/* What both modes are told, as a list in YAML. */}}
{{- define "mekhanikube.commonArgs" -}}
{{- if .Values.config }}
- --config
- /etc/mekhanikube/config/config.yaml
{{- end }}
{{- if not .Values.rbac.secrets }}
- --secrets
- never
{{- end }}
{{- range .Values.rbac.namespaces }}
- --namespace
- {{ . | quote }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Everything of a pod but its arguments, ports and probes. Dict of `root`, `restart` and `container` (YAML). */}}
{{- define "mekhanikube.pod" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ include "mekhanikube.serviceAccount" .root }}
restartPolicy: {{ .restart }}
# Nothing here is found by variables.
enableServiceLinks: false
{{- with $values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
containers:
  - name: mekhanikube
    image: {{ include "mekhanikube.image" .root | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    {{- .container | nindent 4 }}
    {{- with $values.extraEnv }}
    env:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    resources:
      {{- toYaml $values.resources | nindent 6 }}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities:
        drop: [ALL]
    {{- if or $values.config (eq $values.mode "watch") $values.extraVolumeMounts }}
    volumeMounts:
      {{- if $values.config }}
      - name: config
        mountPath: /etc/mekhanikube/config
        readOnly: true
      {{- end }}
      {{- if eq $values.mode "watch" }}
      - name: listen
        mountPath: /etc/mekhanikube/listen
        readOnly: true
      {{- end }}
      {{- with $values.extraVolumeMounts }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- end }}
{{- if or $values.config (eq $values.mode "watch") $values.extraVolumes }}
volumes:
  {{- if $values.config }}
  - name: config
    configMap:
      name: {{ include "mekhanikube.fullname" .root }}
  {{- end }}
  {{- if eq $values.mode "watch" }}
  - name: listen
    secret:
      secretName: {{ include "mekhanikube.tokenSecret" .root }}
      items:
        - key: token
          path: token
  {{- end }}
  {{- with $values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Labels and annotations of pods. A changed configuration makes new ones. */}}
{{- define "mekhanikube.podMetadata" -}}
labels:
  {{- include "mekhanikube.labels" . | nindent 2 }}
  {{- with .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- if or .Values.config .Values.podAnnotations }}
annotations:
  {{- if .Values.config }}
  checksum/config: {{ toYaml .Values.config | sha256sum }}
  {{- end }}
  {{- with .Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}
