{{/* The keys of a pod that are the same for every role. Called with (list $ "web"). */}}
{{- define "trunkline.pod" -}}
{{- $values := (index . 0).Values -}}
serviceAccountName: {{ include "trunkline.fullname" (index . 0) }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  seccompProfile: {type: RuntimeDefault}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "trunkline.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- with $values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Nothing is written but to mounted volumes. */}}
{{- define "trunkline.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{/* The container of web and worker. Called with (list $ "web"). */}}
{{- define "trunkline.service" -}}
{{- $root := index . 0 -}}
name: trunkline
image: {{ include "trunkline.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
# A worker listens only with a port on the command line, and then for probes and metrics alone.
args: [serve, --role, {{ index . 1 }}, --port, "8080"]
ports: [{name: http, containerPort: 8080}]
{{- with $root.Values.existingSecret }}
envFrom: [{secretRef: {name: {{ . }}}}]
{{- end }}
env:
  {{- range $root.Values.secretFiles.variables }}
  - {name: {{ . }}_FILE, value: /run/secrets/trunkline/{{ . }}}
  {{- end }}
  - {name: TRUNKLINE_HTTP_HOST, value: 0.0.0.0}
  {{- if $root.Values.valkey.enabled }}
  - {name: TRUNKLINE_STORE, value: "redis://{{ include "trunkline.fullname" $root }}-valkey:6379/0"}
  {{- else }}
  {{- include "trunkline.address" (list "TRUNKLINE_STORE" $root.Values.store) | nindent 2 }}
  {{- end }}
  {{- $own := printf "http://%s-agents:8000" (include "trunkline.fullname" $root) }}
  - {name: TRUNKLINE_AGENTS_URL, value: {{ $root.Values.agents.url | default $own | quote }}}
  {{- with $root.Values.tracing.endpoint }}
  - {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
  {{- end }}
  {{- range $name, $value := $root.Values.tracing.env }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
volumeMounts:
  - {name: config, mountPath: /etc/trunkline, readOnly: true}
  - {name: tmp, mountPath: /tmp}
  {{- if $root.Values.secretFiles.existingSecret }}
  - {name: secrets, mountPath: /run/secrets/trunkline, readOnly: true}
  {{- end }}
livenessProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 6}
startupProbe: {httpGet: {path: /livez, port: http}, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 60}
resources: {{- toYaml (index $root.Values (index . 1)).resources | nindent 2 }}
{{ include "trunkline.container" . }}
{{- end }}

{{- define "trunkline.volumes" -}}
{{- $config := .Values.config.existingConfigMap | default (printf "%s-config" (include "trunkline.fullname" .)) -}}
- {name: config, configMap: {name: {{ $config }}}}
- {name: tmp, emptyDir: {}}
{{- with .Values.secretFiles.existingSecret }}
- {name: secrets, secret: {secretName: {{ . }}}}
{{- end }}
{{- end }}

{{/* Restarts the pods when the configuration changes. */}}
{{- define "trunkline.annotations" -}}
checksum/config: {{ include (print .Template.BasePath "/config.yaml") . | sha256sum }}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- end }}
