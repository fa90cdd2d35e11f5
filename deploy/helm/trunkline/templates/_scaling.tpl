{{/* A role's budget of pods that may be away at the same time. Called with (list $ "web"). */}}
{{- define "trunkline.disruption" -}}
{{- $root := index . 0 -}}
{{- if $root.Values.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "trunkline.fullname" $root }}-{{ index . 1 }}
  labels: {{- include "trunkline.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ $root.Values.podDisruptionBudget.maxUnavailable }}
  selector:
    matchLabels: {{- include "trunkline.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{/* A role's autoscaler. Called with (list $ "web" METRIC), where METRIC is one entry of spec.metrics. */}}
{{- define "trunkline.autoscaler" -}}
{{- $root := index . 0 -}}
{{- $scaling := (index $root.Values (index . 1)).autoscaling -}}
{{- if $scaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "trunkline.fullname" $root }}-{{ index . 1 }}
  labels: {{- include "trunkline.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "trunkline.fullname" $root }}-{{ index . 1 }}}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - {{ index . 2 | toYaml | nindent 6 | trim }}
  # One at a time: each that goes away hands its turns to the others.
  behavior: {scaleDown: {stabilizationWindowSeconds: 300, policies: [{type: Pods, value: 1, periodSeconds: 60}]}}
{{- end }}
{{- end }}

{{- define "trunkline.cpu" -}}
type: Resource
resource: {name: cpu, target: {type: Utilization, averageUtilization: {{ .cpuPercent }}}}
{{- end }}
