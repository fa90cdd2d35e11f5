{{- define "trunkline.fullname" -}}
{{- if contains "trunkline" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}{{ printf "%s-trunkline" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "trunkline.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The labels by which services and policies find the pods of a role. Called with (list $ "web"). */}}
{{- define "trunkline.selector" -}}
app.kubernetes.io/name: trunkline
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- define "trunkline.labels" -}}
{{ include "trunkline.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
{{- end }}

{{/* One environment variable, from an address or from a Secret. Called with (list "NAME" .Values.store). */}}
{{- define "trunkline.address" -}}
{{- $secret := (index . 1).existingSecret -}}
- name: {{ index . 0 }}
  {{- if $secret.name }}
  valueFrom: {secretKeyRef: {name: {{ $secret.name }}, key: {{ $secret.key }}}}
  {{- else }}
  value: {{ (index . 1).url | quote }}
  {{- end }}
{{- end }}

{{/* What the values must say. Called once, by config.yaml. */}}
{{- define "trunkline.check" -}}
{{- $store := .Values.store }}
{{- $stores := list $store.url $store.existingSecret.name (ternary "valkey" "" .Values.valkey.enabled) | compact }}
{{- if ne (len $stores) 1 }}{{ fail "give one store: store.url, store.existingSecret.name, or valkey.enabled" }}{{ end }}
{{- if hasPrefix "embedded" $store.url }}{{ fail "store.url: web and worker cannot share the embedded store" }}{{ end }}
{{- $files := .Values.secretFiles }}
{{- if not (or .Values.existingSecret $files.existingSecret) }}
{{- fail "existingSecret: name the Secret with the channels' variables, or secretFiles.existingSecret" }}
{{- end }}
{{- if and $files.existingSecret (not $files.variables) }}{{ fail "secretFiles.variables: name the keys of the Secret" }}{{ end }}
{{- if and $files.variables (not $files.existingSecret) }}{{ fail "secretFiles.existingSecret: name the Secret" }}{{ end }}
{{- if and (not .Values.config.existingConfigMap) (not .Values.config.channels) }}
{{- fail "give the channels: config.channels (--set-file config.channels=channels.yaml), or config.existingConfigMap" }}
{{- end }}
{{- $agents := list .Values.agents.url (ternary "agents" "" .Values.agents.enabled) | compact }}
{{- if ne (len $agents) 1 }}{{ fail "give one place where agents run: agents.url or agents.enabled" }}{{ end }}
{{- if .Values.agents.enabled }}
{{- if not .Values.agents.files }}{{ fail "agents.files: give the agents (--set-file agents.files.NAME=FILE)" }}{{ end }}
{{- $memory := .Values.agents.memory }}
{{- if not (or .Values.valkey.enabled $memory.url $memory.existingSecret.name) }}
{{- fail "agents.memory: give the address of a store for what agents remember" }}
{{- end }}
{{- end }}
{{- if and .Values.valkey.enabled (not .Values.networkPolicy.enabled) }}
{{- fail "valkey.enabled: it has no password, so networkPolicy.enabled must stay true" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}{{ fail "ingress.host: name the host" }}{{ end }}
{{- end }}
