{{- define "tau.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "tau.selector" -}}
app.kubernetes.io/name: tau
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tau.labels" -}}
{{ include "tau.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}

{{/* Azure Marketplace copies the image and says where to. */}}
{{- define "tau.image" -}}
{{- $azure := dig "azure" "images" "tau" dict .Values.global -}}
{{- if $azure -}}
{{- printf "%s/%s@%s" $azure.registry $azure.image $azure.digest -}}
{{- else if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "tau.claim" -}}
{{- .Values.storage.existingClaim | default (printf "%s-data" (include "tau.name" .)) -}}
{{- end -}}

{{/* A number as Tau reads it: Helm writes large ones as 4e+09. */}}
{{- define "tau.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) -}}
{{- int64 . -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{- define "tau.check" -}}
{{- $most := .Values.replicas | int -}}
{{- if .Values.autoscaling.enabled -}}
{{- $most = .Values.autoscaling.maxReplicas | int -}}
{{- if lt $most (.Values.autoscaling.minReplicas | int) -}}
{{- fail "autoscaling.maxReplicas must not be less than autoscaling.minReplicas." -}}
{{- end -}}
{{- end -}}
{{- if and (gt $most 1) (eq .Values.storage.accessMode "ReadWriteOnce") -}}
{{- fail "Several nodes need storage that all of them can write to: set storage.accessMode to ReadWriteMany, or run one node." -}}
{{- end -}}
{{- $drain := dig "drain_seconds" 25 .Values.settings -}}
{{- if le (.Values.terminationGracePeriodSeconds | float64) (add ($drain | int) 5 | float64) -}}
{{- fail "terminationGracePeriodSeconds must be more than five seconds longer than settings.drain_seconds: replies end and memories are saved in that time." -}}
{{- end -}}
{{- end -}}
